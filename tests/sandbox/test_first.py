from __future__ import annotations


def test_it_works(sandbox):
    assert sandbox.lists()[0]["name"] == "Empty test list"
    sandbox.fault("cut_after", path="whoami")
    sandbox.advance(3)
    assert sandbox.credits() == 120_400
    assert sandbox.leads(sandbox.list_id("Q3 Outbound – Fintech VPs"))
