from __future__ import annotations

import pytest

from mutants import choosing


def test_the_list_holds_at_least_300_mutants_of_the_code_as_it_is():
    assert len(choosing.listed()) >= 300


def test_it_asks_for_a_new_list_once_too_few_are_left(monkeypatch, tmp_path):
    few = tmp_path / "list.txt"
    few.write_text("\n".join(choosing.LIST.read_text().splitlines()[:299]))
    monkeypatch.setattr(choosing, "LIST", few)
    with pytest.raises(LookupError, match="Draw anew"):
        choosing.listed()


def test_the_same_seed_draws_the_same():
    assert choosing.drawn(7) == choosing.drawn(7)
    assert choosing.drawn(7) != choosing.drawn(8)


def test_where_code_changes_the_rest_of_the_draw_stays(monkeypatch):
    before, made = choosing.drawn(7), choosing.mutants_of
    gone = set(before[:5])
    monkeypatch.setattr(
        choosing, "mutants_of", lambda path: [m for m in made(path) if m not in gone]
    )
    after = choosing.drawn(7)
    assert len(after) == len(before)
    assert set(before) - set(after) == gone


def test_every_equivalent_is_a_mutant_of_the_code_as_it_is():
    known = {str(mutant) for mutant in choosing.every()}
    assert set(choosing.equivalent()) - known == set()
