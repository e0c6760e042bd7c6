from __future__ import annotations

import pickle

import pytest

from lists.paging import Block, Pieces, Place, cut, local_page, remember_trail

pytestmark = pytest.mark.django_db


def block(length: int, total: int, next_cursor: str | None = None, start: int = 0) -> Block:
    return Block(tuple(range(start, start + length)), total, next_cursor)


def test_it_cuts_a_page_out_of_a_block():
    page = cut("t", block(100, 312, "b"), Place(position=50, skip=50, size=50))

    assert list(page.rows) == list(range(50, 100))
    assert (page.first, page.last, page.total) == (51, 100, 312)


def test_it_stays_inside_the_block_while_rows_are_left():
    page = cut("t", block(100, 312, "b"), Place(size=25))

    assert page.older == Place(None, position=25, skip=25, size=25)
    assert page.newer is None


def test_it_passes_the_api_cursor_on_at_the_end_of_a_block():
    page = cut("t", block(100, 312, "b"), Place(position=50, skip=50, size=50))

    assert page.older == Place("b", position=100, skip=0, size=50)


def test_it_goes_back_over_the_edge_by_the_trail():
    remember_trail("t", block(100, 312, "b"), None)

    page = cut("t", block(100, 312, "c", start=100), Place("b", position=100, size=25))

    assert page.newer == Place(None, position=75, skip=75, size=25)


def test_it_goes_back_to_the_last_short_page_of_a_short_block():
    remember_trail("t", block(97, 300, "c"), "b")

    page = cut("t", block(100, 300, None), Place("c", position=197, size=25))

    assert page.newer == Place("b", position=175, skip=75, size=25)


def test_it_goes_back_to_the_start_when_the_trail_is_lost():
    page = cut("t", block(100, 312, "c"), Place("lost", position=200, size=25))

    assert page.newer == Place(size=25)


def test_it_keeps_trails_of_different_tables_apart():
    remember_trail("one", block(100, 312, "b"), None)

    page = cut("other", block(100, 312, "c"), Place("b", position=100, size=25))

    assert page.newer == Place(size=25)


def test_it_ends_at_the_last_row():
    page = cut("t", block(12, 112, None), Place("b", position=100, size=25))

    assert page.older is None
    assert (page.first, page.last, page.total) == (101, 112, 112)


def test_it_shows_the_last_page_of_a_block_that_has_shrunk():
    page = cut("t", block(30, 30, None), Place(position=75, skip=75, size=25))

    assert list(page.rows) == list(range(25, 30))
    assert (page.first, page.last) == (26, 30)


def test_it_moves_a_place_to_the_grid_of_a_new_size():
    page = cut("t", block(100, 100, None), Place(position=75, skip=75, size=50))

    assert (page.first, page.last) == (51, 100)


def test_it_counts_no_rows_of_an_empty_table_from_zero():
    page = cut("t", block(0, 0, None), Place())

    assert (page.first, page.last, page.total) == (0, 0, 0)


def test_it_never_claims_fewer_in_all_than_it_shows():
    page = cut("t", block(10, 3, None), Place())

    assert page.total == 10


def test_it_pages_our_own_records_without_a_cursor():
    page = local_page(range(77), Place(position=50, skip=50, size=25), total=77)

    assert list(page.rows) == list(range(50, 75))
    assert page.newer == Place(position=25, skip=25, size=25)
    assert page.older == Place(position=75, skip=75, size=25)


def test_it_shows_the_last_page_of_our_own_records_to_one_who_asks_for_more():
    page = local_page(range(30), Place("x", position=500, skip=20, size=25), total=30)

    assert (page.first, page.last, page.older) == (26, 30, None)


@pytest.mark.parametrize("size", [25, 50, 100])
def test_it_shows_every_row_once_from_newest_to_oldest_and_back(size):
    blocks = {
        None: block(100, 230, "b"),
        "b": block(97, 230, "c", start=100),
        "c": block(33, 230, None, start=197),
    }
    for cursor, one in blocks.items():
        remember_trail("walk", one, cursor)

    there, place = [], Place(size=size)
    while place:
        page = cut("walk", blocks[place.cursor], place)
        assert page.first == page.rows[0] + 1
        there += page.rows
        last, place = page, page.older
    back = []
    page = last
    while page:
        back = [*page.rows, *back]
        page = cut("walk", blocks[page.newer.cursor], page.newer) if page.newer else None

    assert there == back == list(range(230))


# --- Rows in pieces ----------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 99, 100, 101, 250, 500])
def test_rows_in_pieces_are_the_same_rows(length):
    rows = [f"row {n}" for n in range(length)]
    pieces = pickle.loads(pickle.dumps(Pieces(rows)))

    assert len(pieces) == length
    assert list(pieces) == rows
    for start, stop in [(0, 25), (75, 125), (100, 200), (240, 900), (600, 700), (None, None)]:
        assert list(pieces[start:stop]) == rows[start:stop]
    assert list(pieces[-3:]) == rows[-3:]


def test_a_row_beyond_the_pieces_is_an_index_error():
    with pytest.raises(IndexError):
        Pieces(["a"])[1]


def test_a_page_unpacks_only_the_rows_it_shows(monkeypatch):
    pieces, unpacked = Pieces(list(range(500))), []
    loads = pickle.loads
    monkeypatch.setattr(
        "lists.paging.pickle.loads", lambda data: unpacked.append(1) or loads(data)
    )

    assert pieces[200:300] == tuple(range(200, 300))
    assert len(unpacked) == 1
