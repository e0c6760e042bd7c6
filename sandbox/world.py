"""The sandbox's world: its state and clock, opened once a process and seeded once a file."""

from __future__ import annotations

import json
import sqlite3
from functools import cache
from typing import Literal

from sandbox import clock as clocks
from sandbox import seeding, start, switches
from sandbox.clock import Clock
from sandbox.store import Store

Size = Literal["small", "full"]


class World:
    """`store` plus the two things every call reads from it: `clock` and `seed`.

    `age` counts the resets: a call that began before one has no place in what came after.
    """

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.seed = seed
        self.age = 0
        self.clock = clocks.fresh(1.0)

    def load(self, size: Size, speed: float) -> None:
        """Take up the state of an earlier run, or seed a new one."""
        row = self.store.db.execute("SELECT value FROM facts WHERE name = 'seed'").fetchone()
        if row is None:
            self.reset(self.seed, size, speed=speed)
            return
        self.seed = json.loads(row["value"])
        with self.store.transaction() as db:
            self.set_clock(db, clocks.load(db).moved(speed=speed))

    def set_clock(self, db: sqlite3.Connection, clock: Clock) -> None:
        clocks.save(db, clock)
        self.clock = clock

    def reset(self, seed: int, size: Size, *, speed: float, limits: bool = True) -> None:
        """Forget everything and seed again, all in one transaction."""
        with self.store.transaction() as db:
            self.store.empty()
            fresh = clocks.fresh(speed)
            clocks.save(db, fresh)
            switches.save(db, switches.Switches(limits=limits))
            db.execute("INSERT INTO facts (name, value) VALUES ('seed', ?)", (str(seed),))
            seeding.seed(db, seed, size)
            self.seed, self.clock, self.age = seed, fresh, self.age + 1


@cache
def current() -> World:
    """The one world of this process."""
    world = World(Store(start.STATE, start.SYNC), start.SEED)
    world.load("small" if start.SIZE == "small" else "full", start.SPEED)
    return world
