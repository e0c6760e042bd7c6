"""How this process was started; `__main__` puts the options into the environment."""

from __future__ import annotations

import os

STATE = os.environ.get("SANDBOX_STATE", "sandbox.sqlite3")
SEED = int(os.environ.get("SANDBOX_SEED", "1"))
SPEED = float(os.environ.get("SANDBOX_SPEED", "1"))
SIZE = os.environ.get("SANDBOX_SIZE", "full")
# FULL survives a power cut; NORMAL survives any kill and is faster, which suits tests.
SYNC = os.environ.get("SANDBOX_SYNC", "FULL")
