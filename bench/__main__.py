"""`python -m bench [CORPORA]`: everything; CORPORA is a folder of CSV files to detect."""

from __future__ import annotations

import sys

from bench import check, damage, detection, encodings, speed

if __name__ == "__main__":
    check.main()
    damage.main()
    encodings.main()
    speed.main()
    if len(sys.argv) > 1:
        detection.main(sys.argv[1])
