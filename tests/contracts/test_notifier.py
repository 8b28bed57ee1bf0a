"""What every notifier must do, run over SMTP against the sandbox mailbox."""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiosmtpd.handlers import Sink

from sidebar_app.adapters.notifier.email import EmailNotifier
from sidebar_app.ports.notifier import Mail, Notifier, NotifierUnavailable
from sidebar_app.sandbox import mail as mailbox
from sidebar_app.sandbox.kit import Documents, Fault, Faults

SENDER = "Billing support <billing@company.example>"


@dataclass
class Post:
    port: int
    documents: Documents
    faults: Faults

    def kept(self) -> list[dict[str, Any]]:
        return self.documents.all(mailbox.KIND)


@pytest.fixture(scope="module")
def running() -> Iterator[Post]:
    documents, faults = Documents(), Faults()
    with mailbox.MailServer(documents, 0, faults=faults) as server:
        yield Post(server.port, documents, faults)
    documents.close()


@pytest.fixture
def post(running: Post) -> Post:
    running.documents.clear()
    running.faults.clear()
    return running


@pytest.fixture
def notifier(post: Post) -> Notifier:
    return EmailNotifier(f"smtp://127.0.0.1:{post.port}", sender=SENDER, timeout_seconds=2)


def letter(**changed: str) -> Mail:
    fields = {"key": "req_1.succeeded", "to": "billing@acme.example", "subject": "Your refund of ¥1,450"}
    return Mail(**{**fields, "text": "Hello,\n\nwe have refunded ¥1,450.\n", **changed})


def test_a_mail_arrives_as_it_was_written(notifier: Notifier, post: Post) -> None:
    notifier.send(letter())
    [kept] = post.kept()
    assert kept["to"] == ["billing@acme.example"]
    assert kept["from"] == SENDER
    assert kept["subject"] == "Your refund of ¥1,450"
    assert kept["text"] == "Hello,\n\nwe have refunded ¥1,450.\n"
    assert kept["html"] == ""


def test_html_comes_beside_the_text(notifier: Notifier, post: Post) -> None:
    notifier.send(letter(html="<p>we have refunded <b>¥1,450</b></p>"))
    [kept] = post.kept()
    assert "we have refunded ¥1,450." in kept["text"]
    assert "<b>¥1,450</b>" in kept["html"]


def test_a_repeat_is_recognisable_by_its_message_id(notifier: Notifier, post: Post) -> None:
    notifier.send(letter())
    notifier.send(letter(text="Written anew"))
    notifier.send(letter(key="req_2.succeeded"))
    first, repeat, other = [kept["message_id"] for kept in post.kept()]
    assert first == repeat != other
    assert re.fullmatch(r"<[0-9a-f]{40}@company\.example>", first)


def test_it_says_that_no_person_wrote_it(notifier: Notifier, post: Post) -> None:
    notifier.send(letter())
    headers = dict(post.kept()[0]["headers"])
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Date"]


def test_a_line_break_in_a_subject_adds_no_header(notifier: Notifier, post: Post) -> None:
    notifier.send(letter(subject="Refund\r\nBcc: evil@example.com"))
    [kept] = post.kept()
    assert kept["subject"] == "Refund Bcc: evil@example.com"
    assert kept["to"] == ["billing@acme.example"]


@pytest.mark.parametrize(
    "to",
    ["", "nobody", "a@b.example\r\nBcc: evil@example.com", "a@b.example, c@d.example", "@", "a b@c.example"],
)
def test_an_address_that_is_none_is_refused_and_nothing_is_sent(
    notifier: Notifier, post: Post, to: str
) -> None:
    with pytest.raises(NotifierUnavailable):
        notifier.send(letter(to=to))
    assert post.kept() == []


@pytest.mark.parametrize("code", [451, 550])
def test_a_refused_message_can_be_sent_again(notifier: Notifier, post: Post, code: int) -> None:
    post.faults.arm(Fault("status", method="SMTP", value=code))
    with pytest.raises(NotifierUnavailable, match=str(code)) as refused:
        notifier.send(letter())
    assert "acme" not in str(refused.value)
    assert refused.value.__context__ is None
    notifier.send(letter())
    assert len(post.kept()) == 1


def test_a_server_that_hangs_is_given_up(post: Post) -> None:
    impatient = EmailNotifier(f"smtp://127.0.0.1:{post.port}", sender=SENDER, timeout_seconds=0.2)
    post.faults.arm(Fault("latency", method="SMTP", value=600))
    with pytest.raises(NotifierUnavailable):
        impatient.send(letter())


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(NotifierUnavailable):
        EmailNotifier("smtp://127.0.0.1:1", sender=SENDER, timeout_seconds=1).send(letter())


def test_another_host_is_never_spoken_to_without_tls() -> None:
    """127.0.0.2 stands for a host that is not this machine; it offers no STARTTLS."""
    plain = mailbox._Loopback(Sink(), hostname="127.0.0.2", port=0)
    plain.start()
    port = plain.bound_port
    try:
        with smtplib.SMTP("127.0.0.2", port, timeout=2) as reachable:
            assert reachable.noop()[0] == 250
        with pytest.raises(NotifierUnavailable):
            EmailNotifier(f"smtp://127.0.0.2:{port}", sender=SENDER, timeout_seconds=2).send(letter())
    finally:
        plain.stop()


@pytest.mark.parametrize("url", ["", "http://mail.example", "smtp://", "mail.example:25"])
def test_an_unusable_server_address_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP address"):
        EmailNotifier(url, sender=SENDER)


def test_a_password_in_the_address_is_never_shown() -> None:
    with pytest.raises(ValueError, match="SMTP address") as refused:
        EmailNotifier("http://user:hunter2@mail.example", sender=SENDER)
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(EmailNotifier("smtps://user:hunter2@mail.example", sender=SENDER))


def test_a_sender_without_a_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="sender"):
        EmailNotifier("smtp://127.0.0.1", sender="billing")
