"""Notices on their way through a real mail server."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from email import message_from_string

import environ
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.utils import timezone

from people import mail
from people.models import Notice
from tests.people.test_mail import later
from tests.people.test_notices import told

pytestmark = pytest.mark.django_db


class Post:
    """A mail server's memory: what it took, and whom it does not know."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.unknown: set[str] = set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.unknown:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.taken.append(envelope.content.decode())
        return "250 Taken"


def check(server, session, envelope, mechanism, login) -> AuthResult:
    is_right = login == LoginPassword(b"portal", b"p@ss word")
    return AuthResult(success=is_right, handled=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def use(settings, url: str) -> None:
    """As cleanlist_portal/settings.py reads EMAIL_URL."""
    for name, value in environ.Env.email_url_config(url).items():
        setattr(settings, name, value)


@pytest.fixture
def post(settings) -> Iterator[Post]:
    post = Post()
    port = free_port()
    server = Controller(
        post,
        hostname="127.0.0.1",
        port=port,
        authenticator=check,
        auth_require_tls=False,
    )
    server.start()
    use(settings, f"smtp://portal:p%40ss%20word@127.0.0.1:{port}")
    yield post
    server.stop()


def test_it_reaches_the_mailbox(alice, post):
    notice = told(alice)
    assert mail.send_due() == 1
    [letter] = post.taken
    assert "Subject: Import 41 finished" in letter
    assert "Auto-Submitted: auto-generated" in letter
    notice.refresh_from_db()
    assert notice.emailed_at is not None


def test_a_name_with_any_letters_gets_through(alice, post):
    told(alice, text="Import 7 finished: 3 of 3 rows are in Größe 漢字 \U0001f9c0")
    assert mail.send_due() == 1


def test_a_line_break_in_a_name_adds_no_header(alice, post):
    told(alice, text="Import 7\r\nBcc: everybody@example.com finished: 3 rows")
    mail.send_due()
    [letter] = post.taken
    assert message_from_string(letter)["Bcc"] is None


def test_a_mailbox_nobody_knows_is_tried_again_later(alice, post):
    told(alice)
    post.unknown.add("alice@example.com")
    assert mail.send_due() == 0
    post.unknown.clear()
    with later():
        assert mail.send_due() == 1


def test_a_wrong_password_loses_no_notice(alice, post, settings):
    settings.EMAIL_HOST_PASSWORD = "wrong"
    told(alice)
    assert mail.send_due() == 0
    assert Notice.objects.get().emailed_at is None


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(alice, settings):
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use(settings, f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        told(alice)
        start = timezone.now()
        assert mail.send_due() == 0
    assert (timezone.now() - start).total_seconds() < 2
