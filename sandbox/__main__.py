"""`python -m sandbox --port N --state FILE [--seed N] [--speed X] [--size small]`."""

from __future__ import annotations

import argparse
import os
import socket
import sys


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A stand-in for the Cleanlist API."
    )
    parser.add_argument("--port", type=int, required=True, help="0 picks a free one")
    parser.add_argument("--state", required=True, help="SQLite file, made when missing")
    parser.add_argument("--seed", type=int, default=1, help="of the first contents")
    parser.add_argument("--speed", type=float, default=1.0, help="of enrichment workflows")
    parser.add_argument("--size", choices=("small", "full"), default="full", help="contents")
    parser.add_argument("--host", default="127.0.0.1")
    return parser.parse_args(argv)


def bind(host: str, port: int) -> socket.socket:
    """Claim the port before anything slow, so that a taken one is told at once."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    return bound


def main() -> int:
    options = parse()
    try:
        bound = bind(options.host, options.port)
    except OSError as error:
        place = f"{options.host}:{options.port}"
        print(f"sandbox: cannot listen on {place}: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 1
    run(options, bound)
    return 0


def run(options: argparse.Namespace, bound: socket.socket) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
    os.environ["SANDBOX_STATE"] = options.state
    os.environ["SANDBOX_SEED"] = str(options.seed)
    os.environ["SANDBOX_SPEED"] = str(options.speed)
    os.environ["SANDBOX_SIZE"] = options.size
    import django

    django.setup()
    # Only now: these modules need configured settings.
    from sandbox.server import serve
    from sandbox.world import current

    world = current()
    serve(bound)
    world.store.close()


if __name__ == "__main__":
    sys.exit(main())
