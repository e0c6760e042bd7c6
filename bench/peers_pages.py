"""A page of 100 leads, as three servers give it to the same browser, in turn."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench import peers, world
from bench.peers import ADMIN, DATASETTE, PORTAL, Server
from bench.report import Figure

ROUNDS, ASKED = 9, 10
PAGES = {
    PORTAL: "/lists/list-00000/",
    DATASETTE: "/peers/leads?_size=100&_nofacet=1&_nocount=1",
    ADMIN: "/admin/peer_site/lead/",
}
GOAL_DATASETTE, GOAL_ADMIN = 0.35, 0.15


def figures(place: Path) -> Iterator[Figure]:
    with ExitStack() as stack, world.folder() as folder:
        servers = stack.enter_context(peers.admin_and_datasette(folder))
        servers[PORTAL] = stack.enter_context(peers.portal(place))
        took = _in_turn(servers)
    for peer, goal in ((DATASETTE, GOAL_DATASETTE), (ADMIN, GOAL_ADMIN)):
        what = "page of 100 leads, processor time"
        yield Figure(what, took[PORTAL], "ms", goal, peer, took[peer])


def _in_turn(servers: dict[str, Server]) -> dict[str, list[float]]:
    """Milliseconds of processor time a page, by server and round."""
    took: dict[str, list[float]] = {name: [] for name in servers}
    connections = {name: server.connect() for name, server in servers.items()}
    for name, server in servers.items():
        _ask(connections[name], server, PAGES[name])
    for _ in range(ROUNDS):
        for name, server in servers.items():
            before = server.seconds()
            for _ in range(ASKED):
                _ask(connections[name], server, PAGES[name])
            took[name].append(1000 * (server.seconds() - before) / ASKED)
    return took


def _ask(connection: http.client.HTTPConnection, server: Server, path: str) -> bytes:
    connection.request("GET", path, headers=server.headers())
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (path, answer.status, body[:200])
    return body


if __name__ == "__main__":
    from bench.__main__ import main

    main(["peers"])
