"""Opaque cursors: signed, bound to what they page through, no offset to compute.

sandbox choice: a malformed or foreign cursor is 400 `invalid_cursor`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from sandbox import errors


def make(seed: int, scope: str, position: int) -> str:
    """The cursor that continues `scope` after `position`."""
    plain = position.to_bytes(8, "big")
    return base64.urlsafe_b64encode(plain + _signature(seed, scope, plain)).decode()


def read(seed: int, scope: str, cursor: str | None) -> int | None:
    """The position a cursor stands for; None for the first page."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raw = b""
    if len(raw) != 24 or not hmac.compare_digest(raw[8:], _signature(seed, scope, raw[:8])):
        raise errors.invalid(
            "The cursor is malformed or belongs to another listing.",
            code="invalid_cursor",
            fix="Start again from the first page.",
        )
    return int.from_bytes(raw[:8], "big")


def _signature(seed: int, scope: str, plain: bytes) -> bytes:
    key = f"cursor:{seed}:{scope}".encode()
    return hmac.new(key, plain, hashlib.sha256).digest()[:16]
