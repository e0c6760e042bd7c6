"""The first load of a page by a browser that knows nothing yet: requests and bytes sent."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import peers, world
from bench.peers import ADMIN, DATASETTE, PORTAL, Server
from bench.peers_pages import PAGES
from bench.report import Figure

MOST_REQUESTS, GOAL_ADMIN = 12, 0.45
OURS = {
    "lists": "/lists/",
    "leads": PAGES[PORTAL],
    "history": "/imports/",
    "import under way": f"/imports/{world.RUNS - 1}/",
    "upload": "/imports/new",
}
# A page that watches asks again and again; what it asks at first is there by then.
SETTLED_MS = 1_500


@dataclass(frozen=True)
class Load:
    requests: int
    kilobytes: float


def figures(place: Path) -> Iterator[Figure]:
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack, world.folder() as folder:
        servers = stack.enter_context(peers.admin_and_datasette(folder))
        servers[PORTAL] = stack.enter_context(peers.portal(place))
        chromium = stack.enter_context(sync_playwright()).chromium
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = chromium.launch(executable_path=path, args=["--no-sandbox"])
        stack.callback(browser.close)
        ours = {name: _load(browser, servers[PORTAL], each) for name, each in OURS.items()}
        theirs = {
            name: _load(browser, servers[name], PAGES[name]) for name in (ADMIN, DATASETTE)
        }
    for name, load in ours.items():
        yield Figure(f"first load, {name}: requests", [load.requests], "", MOST_REQUESTS)
    for peer, load in theirs.items():
        goal = GOAL_ADMIN if peer == ADMIN else None
        own = [ours["leads"].kilobytes]
        yield Figure("first load, leads", own, "kB", goal, peer, [load.kilobytes])


def _load(browser: Any, server: Server, path: str) -> Load:
    origin = f"http://127.0.0.1:{server.port}"
    context = browser.new_context()
    if server.cookie:
        name, _, value = server.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": origin}])
    page = context.new_page()
    wire = context.new_cdp_session(page)
    asked: set[str] = set()
    sizes: list[float] = []

    def note(event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            asked.add(event["requestId"])

    wire.on("Network.requestWillBeSent", note)
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    answer = page.goto(origin + path, wait_until="load")
    assert answer.status == 200, (path, answer.status)
    page.wait_for_timeout(SETTLED_MS)
    context.close()
    return Load(len(asked), sum(sizes) / 1000)


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["first-load"]))
