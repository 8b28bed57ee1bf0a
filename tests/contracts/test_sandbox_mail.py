"""The sandbox mailbox, as the standard library's SMTP client and a browser see it."""

import json
import smtplib
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest

from sidebar_app.sandbox import mail
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server


@dataclass
class Post:
    port: int
    url: str
    faults: Faults

    def send(self, message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as smtp:
            smtp.send_message(message)

    def page(self, path: str) -> tuple[str, Any]:
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return answer.read().decode(), answer.headers

    def kept(self, query: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.page(f"/api/messages{query}")[0])
        return found


@pytest.fixture(scope="module")
def running() -> Iterator[Post]:
    documents, faults = Documents(), Faults()
    with (
        mail.MailServer(documents, 0, faults=faults, clock=lambda: 1_790_000_000.0) as smtp,
        Server(mail.create_app(documents)) as web,
    ):
        yield Post(smtp.port, web.url, faults)
    documents.close()


@pytest.fixture
def post(running: Post) -> Post:
    urllib.request.urlopen(
        urllib.request.Request(f"{running.url}/api/messages", method="DELETE"), timeout=5
    ).close()
    running.faults.clear()
    return running


def letter(subject: str = "Your refund", to: str = "billing@acme.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "support@company.example", to, subject
    message["Message-ID"] = "<one@company.example>"
    message.set_content("We have refunded ¥1,450.\n")
    message.add_alternative("<p>We have refunded <b>¥1,450</b>.</p><script>alert(1)</script>", subtype="html")
    return message


def test_a_message_is_kept_with_both_of_its_forms(post: Post) -> None:
    post.send(letter())
    [kept] = post.kept()
    assert kept["to"] == ["billing@acme.example"]
    assert kept["subject"] == "Your refund"
    assert kept["message_id"] == "<one@company.example>"
    assert kept["text"].strip() == "We have refunded ¥1,450."
    assert "<b>¥1,450</b>" in kept["html"]


def test_messages_are_found_by_recipient(post: Post) -> None:
    post.send(letter(to="a@one.example"))
    post.send(letter(to="b@two.example"))
    assert [m["to"] for m in post.kept("?to=b@two.example")] == [["b@two.example"]]


def test_the_inbox_lists_the_newest_first_and_escapes_what_senders_wrote(post: Post) -> None:
    post.send(letter("First"))
    post.send(letter("Second <b>bold</b>"))
    page, _ = post.page("/")
    assert page.index("Second &lt;b&gt;bold") < page.index("First")


def test_html_mail_is_shown_where_nothing_of_it_may_run(post: Post) -> None:
    post.send(letter())
    number = post.kept()[0]["id"]
    assert '<iframe sandbox="allow-popups"' in post.page(f"/messages/{number}")[0]
    _, headers = post.page(f"/messages/{number}/body")
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert "script-src" not in headers["Content-Security-Policy"]


def test_the_text_form_can_be_read_too(post: Post) -> None:
    post.send(letter())
    page, _ = post.page(f"/messages/{post.kept()[0]['id']}?show=text")
    assert "We have refunded ¥1,450." in page


def test_a_fault_refuses_the_message_and_keeps_nothing(post: Post) -> None:
    post.faults.arm(Fault("status", method="SMTP", path="billing@", value=451))
    with pytest.raises(smtplib.SMTPDataError) as refused:
        post.send(letter())
    assert refused.value.smtp_code == 451
    assert post.kept() == []
