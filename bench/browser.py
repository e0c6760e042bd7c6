"""What a person with a slow machine and line waits for, in Chromium: requests of a first load,
largest contentful paint, and each interaction until the next paint; each beside its goal.

`python -m bench.browser --strict` exits with 1 where a goal is missed. Medians of `ROUNDS`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from typing import Any

from bench import world
from bench.report import Figure

REQUESTS, LCP, INP = 12, 2_500, 200
ROUNDS = 3
# A phone of the middle class at a slow line.
SLOWER = 4
LINE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
WIDE = {"width": 1440, "height": 900}
# Keeps what the browser tells of paints and interactions; shorter ones than 16 ms it does not.
WATCH = """
  window.seen = { lcp: 0, inp: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.lcp = entry.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      if (entry.interactionId) seen.inp = Math.max(seen.inp, entry.duration);
  }).observe({ type: "event", durationThreshold: 16 });
"""

Act = Callable[[Any], None]


def press(key: str) -> Act:
    return lambda page: page.keyboard.press(key)


def click(selector: str) -> Act:
    return lambda page: page.locator(selector).first.click(no_wait_after=True)


def choose(selector: str) -> Act:
    return lambda page: page.locator(selector).first.select_option(index=1, no_wait_after=True)


# On every page, in this order.
EVERYWHERE: list[tuple[str, Act]] = [
    ("? opens the keys", press("?")),
    ("Escape closes them", press("Escape")),
    ("the menu of the person", click(".topbar details.menu summary")),
    ("Escape closes it", press("Escape")),
    ("/ goes to the search", press("/")),
    ("a letter typed", press("a")),
]
LEADS: list[tuple[str, Act]] = [
    ("a lead opens", click("table a.clamp")),
    ("j turns to the next", press("j")),
    ("Escape closes it", press("Escape")),
]


def pages() -> dict[str, tuple[str, list[tuple[str, Act]]]]:
    """Name -> address, and what is done there besides."""
    leads, small, vast = "/lists/list-00000/", world.RUNS - 2, world.RUNS
    square = ("a batch opens", click(".chunk-grid a.cell"))
    return {
        "lists, 50": ("/lists/", [("the folders", click("main details.menu summary"))]),
        "leads, 100": (leads, LEADS),
        "leads, 500": (f"{leads}?size=500", LEADS),
        "imports": (
            "/imports/",
            [("a filter", choose("main select")), ("a state", click("main a.chip"))],
        ),
        "upload": ("/imports/new", [("a name typed", press("s"))]),
        "run, 10 calls": (f"/imports/{small}/", [square]),
        "run, 1,667 calls": (f"/imports/{vast}/", [square]),
        "credits": ("/credits/", []),
        "people": ("/people/", []),
    }


def inside() -> None:
    """Drive a browser at the portal of `VAR_DIR`; print what was seen as JSON."""
    world.set_up()
    from bench.pages import Visitor

    cookie = Visitor().cookie
    with serving() as url:
        print(json.dumps(walk(url, cookie)))


@contextmanager
def serving() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "DEBUG": "false"}
    command = [sys.executable, "manage.py", "serve"]
    server = subprocess.Popen(command, env=environment)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("The portal did not begin to serve within a minute.")


def walk(url: str, cookie: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    name, _, value = cookie.partition("=")
    session: Any = {"name": name, "value": value, "url": url}
    with sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium, args=quiet)
        found: dict[str, Any] = {}
        for page, (path, acts) in pages().items():
            rounds = [_visit(browser, url + path, session, acts) for _ in range(ROUNDS)]
            found[page] = {what: median(each[what] for each in rounds) for what in rounds[0]}
        browser.close()
    return found


def _visit(
    browser: Any, address: str, session: Any, acts: list[tuple[str, Act]]
) -> dict[str, float]:
    """One first load in a browser that has nothing in store, and all that is done there."""
    context = browser.new_context(viewport=WIDE)
    context.add_cookies([session])
    context.add_init_script(WATCH)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    tools = context.new_cdp_session(page)
    tools.send("Network.emulateNetworkConditions", LINE)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(1_500)
    found = {"requests": float(len(asked)), "lcp": float(page.evaluate("seen.lcp"))}
    for name, act in [*EVERYWHERE, *acts]:
        page.evaluate("seen.inp = 0")
        act(page)
        page.wait_for_timeout(900)
        found[name] = float(page.evaluate("seen.inp"))
        if name == "a letter typed":
            page.evaluate("document.activeElement.blur()")
    context.close()
    return found


def figures(found: dict[str, Any]) -> Iterator[Figure]:
    """`found`: what `walk` returns."""
    for page, seen in found.items():
        yield Figure(f"{page}: requests", [seen["requests"]], "", REQUESTS)
        yield Figure(f"{page}: largest paint", [seen["lcp"]], "ms", LCP)
        acts = {name: ms for name, ms in seen.items() if name not in {"requests", "lcp"}}
        slowest = max(acts, key=lambda name: acts[name])
        yield Figure(f"{page}: {slowest}", [acts[slowest]], "ms", INP)


def main() -> bool:
    with world.folder() as place:
        found = world.apart("bench.browser", place, "inside")
    print(f"First loads and interactions, {SLOWER}x slower processor, 150 ms, 1.6 Mbit/s\n")
    all_met = True
    for figure in figures(found):
        all_met = all_met and figure.is_met
        missed = "" if figure.is_met else "  missed"
        numbers = f"{figure.judged:>7,.0f} {figure.goal:>7,g} {figure.unit}"
        print(f"{figure.what:<48} {numbers}{missed}")
    print()
    return all_met


if __name__ == "__main__":
    if "inside" in sys.argv:
        inside()
    else:
        sys.exit(0 if main() or "--strict" not in sys.argv else 1)
