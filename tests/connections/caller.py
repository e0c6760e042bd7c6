"""A process that calls as fast as its budget lets it, and prints when it did.

    python -m tests.connections.caller KEY ORGANIZATION LANE SECONDS [BASE_URL]

With a base URL it really calls (GET /credits/balance) and prints the status of each answer.
It ends when the seconds are over, or when the budget has nothing for a long time.
"""

from __future__ import annotations

import sys
import time

import django
import requests

django.setup()

from cleanlist_api.budget import Lane  # noqa: E402
from connections.budget import DatabaseBudget  # noqa: E402
from connections.clients import identity_of  # noqa: E402

FULL = 5.0


def main(key: str, organization: str, lane: str, seconds: str, base_url: str = "") -> None:
    budget = DatabaseBudget(identity_of(key))
    budget.learn_organization(organization)
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {key}"
    print("ready", flush=True)  # noqa: T201
    sys.stdin.readline()
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        wait = budget.take(Lane(lane))
        if wait > FULL:
            break
        if wait:
            time.sleep(min(wait, 0.2, max(0.0, end - time.monotonic())))
            continue
        began = time.time()
        status = session.get(f"{base_url}/credits/balance").status_code if base_url else 200
        print(f"{key} {began} {status}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
