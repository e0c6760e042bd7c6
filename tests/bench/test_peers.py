from __future__ import annotations

import os
import time

import pytest

from bench import peers
from bench.peers_watching import Tab


def test_it_reads_the_clock_of_a_process_from_outside():
    before = time.process_time()
    read = time.clock_gettime(peers._clock_of(os.getpid()))
    assert before <= read <= time.process_time()


def test_it_says_what_installs_the_peers(monkeypatch, tmp_path):
    monkeypatch.setattr(peers, "PEERS", tmp_path)
    with pytest.raises(peers.NoPeers, match="make bench"):
        peers.tool("datasette")


def test_a_tab_asks_where_and_when_its_page_says():
    tab = Tab(None, "", None)
    page = (
        '<div data-poll hx-get="/imports/1/?v=1&amp;n=2" hx-trigger="load delay:3.5s, again">'
    )
    assert tab._next(page, ("", 1.0)) == ("/imports/1/?v=1&n=2", 3.5)
    assert tab.problems == []
    assert tab._next("<div>over</div>", ("/x", 1.0))[0] == ""
    assert tab.problems != []
