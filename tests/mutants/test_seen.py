from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mutants.making import Mutant, place
from mutants.seen import Seen

MUTANT = Mutant("price.py", "most", "count", 1, "1 -> 2")
PLACE = place("price.py", "most")


@dataclass
class Item:
    nodeid: str
    path: Path


def entering(seen: Seen, *among: str) -> dict[str, float]:
    return {each.name: each.seconds for each in seen.entering(MUTANT, dict.fromkeys(among))}


def test_it_keeps_who_enters_a_function_and_how_long_that_takes():
    seen = Seen()
    seen.add("quick", [PLACE], 0.1)
    seen.add("elsewhere", [], 0.1)
    assert entering(seen, "quick", "elsewhere") == {"quick": 0.1}


def test_a_test_that_is_gone_enters_nothing():
    seen = Seen()
    seen.add("gone", [PLACE], 0.1)
    assert entering(seen, "quick") == {}


def test_what_is_seen_again_takes_the_place_of_what_was_seen_before():
    before, again = Seen(), Seen()
    before.add("quick", [PLACE], 0.1)
    before.add("slow", [PLACE], 9.0)
    again.add("slow", [], 8.0)
    assert entering(before.merged(again), "quick", "slow") == {"quick": 0.1}


def test_it_comes_back_from_its_file():
    seen = Seen()
    seen.add("quick", [PLACE], 0.1)
    assert entering(Seen.from_json(seen.as_json()), "quick") == {"quick": 0.1}


def test_it_knows_a_test_until_its_file_is_written_again(tmp_path):
    file = tmp_path / "test_price.py"
    file.touch()
    os.utime(file, (1000, 1000))
    seen = Seen({"quick": 0.1}, at=2000)
    assert seen.knows(Item("quick", file))
    assert not seen.knows(Item("new", file))
    os.utime(file, (3000, 3000))
    assert not seen.knows(Item("quick", file))


def test_it_knows_nothing_of_a_function_that_was_not_watched():
    seen = Seen()
    seen.add_functions([place("price.py", "least")])
    assert not seen.watched([MUTANT])
    seen.add_functions([PLACE])
    assert seen.watched([MUTANT])
