#!/usr/bin/env python
"""Django's command line for the portal."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanlist_portal.settings")
    from cleanlist_portal.prepared import execute

    execute(sys.argv)


if __name__ == "__main__":
    main()
