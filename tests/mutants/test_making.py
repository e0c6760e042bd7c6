from __future__ import annotations

import types

import pytest

from mutants import making
from mutants.making import code_of, mutants_of, watched

SOURCE = '''
"""A module of a few lines."""


def may(credits, most, asked=False):
    """Whether it may."""
    if asked and credits < most:
        return True
    tell(credits, kind="spend")
    return credits + 1 > most


class Book:
    def sum(self):
        total = 0
        for each in self.rows:
            total += each
        return total


class Refused(Exception):
    def __init__(self, rows):
        super().__init__(rows)
'''


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    monkeypatch.setattr(making, "ROOT", tmp_path)
    (tmp_path / "book.py").write_text(SOURCE)


def changes(function: str) -> set[str]:
    return {each.change for each in mutants_of("book.py") if each.function == function}


def mutant(change: str) -> making.Mutant:
    [found] = [each for each in mutants_of("book.py") if each.change == change]
    return found


def with_fault(change: str):
    made = mutant(change)
    said = []
    names = {"tell": lambda *args, **kind: said.append(kind)}
    function = types.FunctionType(code_of(made), names, argdefs=(False,))
    return function, said


def test_it_makes_every_kind_of_fault():
    assert changes("may") == {
        "asked and credits < most -> asked or credits < most",
        "asked and credits < most -> asked",
        "asked and credits < most -> credits < most",
        "credits < most -> credits <= most",
        "if asked and credits < most: … -> if False: …",
        "if asked and credits < most: … -> if True: …",
        "True -> False",
        "tell(credits, kind='spend') -> (left out)",
        "tell(…) without kind='spend'",
        "credits + 1 > most -> credits + 1 >= most",
        "credits + 1 -> credits - 1",
        "1 -> 2",
    }


def test_it_goes_into_methods():
    assert changes("Book.sum") == {"0 -> 1", "total += each -> (left out)"}


def test_a_function_with_a_fault_differs_from_it_in_that_alone():
    faulty, _ = with_fault("credits + 1 > most -> credits + 1 >= most")
    assert [faulty(8, 10), faulty(9, 10)] == [False, True]


def test_a_statement_left_out_is_not_done():
    faulty, said = with_fault("tell(credits, kind='spend') -> (left out)")
    faulty(8, 10)
    assert said == []


def test_a_method_without_its_super_can_still_be_put_in_the_others_place():
    code = code_of(mutant("super().__init__(rows) -> (left out)"))
    assert code.co_freevars == ("__class__",)


def test_a_keyword_left_out_is_not_given():
    faulty, said = with_fault("tell(…) without kind='spend'")
    faulty(8, 10)
    assert said == [{}]


def test_it_knows_a_mutant_of_code_that_has_changed(tmp_path):
    before = mutant("1 -> 2")
    (tmp_path / "book.py").write_text(SOURCE.replace("credits + 1", "credits + 3"))
    with pytest.raises(LookupError):
        code_of(before)


def test_a_watched_function_tells_that_it_is_entered(tmp_path):
    told = []
    code = watched("book.py", "tell_place")["may"]
    watching = types.FunctionType(code, {"tell_place": told.append}, argdefs=(False,))
    watching(1, 2, True)
    assert told == [f"{tmp_path}/book.py may"]
