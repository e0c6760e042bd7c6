"""From a broken connection to `Unreachable`, and whether anything had been sent by then."""

from __future__ import annotations

from urllib3 import exceptions as broken

from cleanlist_api.errors import Unreachable

# Raised before the first byte of the request leaves.
_BEFORE_SENDING = (
    broken.ConnectTimeoutError,  # and, below it, refused connections and unknown names
    broken.LocationValueError,
)
_WORDS: list[tuple[type[BaseException] | tuple[type[BaseException], ...], str, str]] = [
    (broken.NameResolutionError, "unknown_host", "The Cleanlist API's address is not known."),
    (broken.NewConnectionError, "refused", "The Cleanlist API takes no connections."),
    (broken.SSLError, "tls", "The connection to the Cleanlist API can't be trusted."),
    (
        (broken.TimeoutError, TimeoutError),
        "timeout",
        "The Cleanlist API did not answer in time.",
    ),
]


def unreachable(error: BaseException, *, is_write: bool) -> Unreachable:
    """Return what a connection's exception means, without keeping the exception.

    The exception holds the request and so the key; only its meaning goes on.
    """
    cause = _cause(error)
    known = ((code, words) for kinds, code, words in _WORDS if isinstance(cause, kinds))
    code, words = next(known, ("cut", "The connection to the Cleanlist API was cut."))
    nothing_sent = isinstance(cause, _BEFORE_SENDING) or _is_untrusted(cause)
    return Unreachable(words, code=code, outcome_unknown=is_write and not nothing_sent)


def _cause(error: BaseException) -> BaseException:
    """The innermost exception: `requests` wraps urllib3's, which may wrap its own again."""
    reason = getattr(error, "reason", None)
    inner = reason if isinstance(reason, BaseException) else (error.args or (None,))[0]
    if isinstance(inner, broken.HTTPError):
        return _cause(inner)
    return error


def _is_untrusted(cause: BaseException) -> bool:
    """A certificate is refused during the handshake, before the request."""
    return isinstance(cause, broken.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(cause)
