"""Files in comments, with the real zenpy against the sandbox Zendesk, which keeps them on another host."""

import base64
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sidebar_app.adapters.helpdesk.zendesk import StaticToken, ZendeskConnection, ZendeskHelpdesk
from sidebar_app.ports.helpdesk import (
    Attachment,
    FileTooLarge,
    Helpdesk,
    HelpdeskRefused,
    HelpdeskUnavailable,
    NoSuchTicket,
)
from sidebar_app.sandbox import cast, zendesk
from sidebar_app.sandbox.kit import Documents, Fault, Faults, Server

MOST = 1_000_000
CONTENT = b"card 4111 1111 1111 1111"


class Desk:
    def __init__(self, url: str, documents: Documents, faults: Faults) -> None:
        self.url, self.documents, self.faults = url, documents, faults

    def call(self, method: str, path: str, body: dict[str, Any]) -> Any:
        import requests

        answer = requests.request(method, self.url + path, json=body, timeout=5)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def attach(self, content: bytes = CONTENT, name: str = "card.txt") -> None:
        file = {"file_name": name, "content_type": "text/plain", "base64": base64.b64encode(content).decode()}
        self.call("POST", "/_sandbox/comments", {"ticket": 1001, "as": "customer", "attachments": [file]})

    def close_ticket(self) -> None:
        self.call("PATCH", "/_sandbox/tickets/1001", {"status": "closed"})

    def refuse(self, path: str, status: int = 403, **more: Any) -> None:
        self.faults.arm(Fault("status", path=path, value=status, **more))


@pytest.fixture
def desk() -> Iterator[Desk]:
    documents, faults = Documents(), Faults()
    app = zendesk.create_app(documents, faults, app_url="http://127.0.0.1:1", webhook_url=None)
    with Server(app) as server:
        zendesk.seed(documents, zendesk_now())
        yield Desk(server.url, documents, faults)
    documents.close()


def zendesk_now() -> Any:
    from datetime import UTC, datetime

    return datetime(2025, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def helpdesk(desk: Desk) -> Iterator[ZendeskHelpdesk]:
    connection = ZendeskConnection(desk.url, StaticToken(cast.ZENDESK_OAUTH_TOKEN), timeout=(2, 2))
    adapter = ZendeskHelpdesk(connection)
    yield adapter
    adapter.close()


def the_file(helpdesk: Helpdesk) -> Attachment:
    [file] = helpdesk.comments(1001)[-1].attachments
    return file


def test_a_comment_names_its_files(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    comment = helpdesk.comments(1001)[-1]
    [file] = comment.attachments
    assert (file.ticket_id, file.comment_id, file.name) == (1001, comment.id, "card.txt")
    assert (file.content_type, file.size, file.removed, file.inline) == (
        "text/plain",
        len(CONTENT),
        False,
        False,
    )
    assert "card.txt" not in repr(file)


def test_a_file_is_fetched_from_the_other_host_without_our_token(helpdesk: Helpdesk, desk: Desk) -> None:
    """The sandbox's file host refuses whoever shows it a token."""
    desk.attach()
    assert helpdesk.download(the_file(helpdesk), most_bytes=MOST) == CONTENT


def test_a_file_of_exactly_the_bound_is_fetched_and_one_byte_more_is_not(
    helpdesk: Helpdesk, desk: Desk
) -> None:
    desk.attach(b"x" * 1000)
    assert len(helpdesk.download(the_file(helpdesk), most_bytes=1000)) == 1000
    with pytest.raises(FileTooLarge):
        helpdesk.download(the_file(helpdesk), most_bytes=999)


def test_a_file_that_is_gone(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    gone = replace(the_file(helpdesk), url=f"{desk.url}/attachments/token/nothing/")
    with pytest.raises(NoSuchTicket):
        helpdesk.download(gone, most_bytes=MOST)


def test_a_signed_address_that_ran_out_says_nothing_about_our_rights(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    desk.refuse("/stored/", 403)
    with pytest.raises(HelpdeskUnavailable, match="not good any more"):
        helpdesk.download(the_file(helpdesk), most_bytes=MOST)


# ── hosts that are not what they seem ───────────────────────────────────────


@pytest.fixture
def stranger() -> Iterator[Callable[[int, str], tuple[str, list[dict[str, str]]]]]:
    """A host that answers everything alike and remembers what it was told."""
    servers: list[HTTPServer] = []

    def start(status: int, location: str) -> tuple[str, list[dict[str, str]]]:
        heard: list[dict[str, str]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                heard.append(dict(self.headers))
                self.send_response(status)
                self.send_header("Location", location)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None: ...

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/", heard

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def at(url: str) -> Attachment:
    return Attachment(1, 1001, 2, "a.txt", "text/plain", 2, url)


def test_no_stranger_hears_our_token(helpdesk: Helpdesk, stranger: Any) -> None:
    url, heard = stranger(200, "")
    assert helpdesk.download(at(url), most_bytes=MOST) == b"ok"
    assert "Authorization" not in heard[0]


def test_redirects_end_somewhere(helpdesk: Helpdesk, stranger: Any) -> None:
    url, heard = stranger(302, "/again")
    with pytest.raises(HelpdeskUnavailable, match="from address to address"):
        helpdesk.download(at(url), most_bytes=MOST)
    assert len(heard) == 5


@pytest.mark.parametrize("to", ["http://files.example.com/a", "ftp://127.0.0.1/a", "file:///etc/passwd", ""])
def test_only_https_is_followed(helpdesk: Helpdesk, stranger: Any, to: str) -> None:
    url, _ = stranger(302, to)
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.download(at(url), most_bytes=MOST)
    with pytest.raises(HelpdeskUnavailable):
        helpdesk.download(at(to), most_bytes=MOST)


def test_a_helpdesk_elsewhere_sends_nobody_to_this_machine(stranger: Any) -> None:
    url, heard = stranger(200, "")
    elsewhere = ZendeskHelpdesk(ZendeskConnection("https://acme.zendesk.com", StaticToken("t")))
    with pytest.raises(HelpdeskUnavailable):
        elsewhere.download(at(url), most_bytes=MOST)
    assert heard == []
    elsewhere.close()


# ── removing ────────────────────────────────────────────────────────────────


def test_a_file_is_removed_for_good(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    file = the_file(helpdesk)
    helpdesk.remove_file(file)
    assert the_file(helpdesk).removed
    assert helpdesk.download(the_file(helpdesk), most_bytes=MOST) == b""
    assert helpdesk.download(file, most_bytes=MOST) == b""


def test_a_closed_ticket_gives_its_file_up_through_the_other_endpoint(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    desk.close_ticket()
    helpdesk.remove_file(the_file(helpdesk))
    assert the_file(helpdesk).removed


def test_without_rights_the_file_stays_and_the_refusal_says_why(helpdesk: Helpdesk, desk: Desk) -> None:
    desk.attach()
    desk.refuse("/attachments/")
    desk.refuse("/comment_redactions/")
    with pytest.raises(HelpdeskRefused, match="lacks the rights"):
        helpdesk.remove_file(the_file(helpdesk))
    assert not the_file(helpdesk).removed


def test_a_helpdesk_that_says_yes_and_does_nothing_is_found_out(
    helpdesk: Helpdesk, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.attach()
    monkeypatch.setattr(ZendeskConnection, "refusal", lambda *_: "")
    with pytest.raises(HelpdeskRefused, match="still there"):
        helpdesk.remove_file(the_file(helpdesk))


def test_a_customer_cannot_hide_a_file_behind_the_name_of_a_removed_one(
    helpdesk: Helpdesk, desk: Desk
) -> None:
    desk.attach(name="redacted.txt")
    file = the_file(helpdesk)
    assert not file.removed
    helpdesk.remove_file(file)
    assert the_file(helpdesk).removed


def test_the_old_ticket_has_files_nobody_looked_into(helpdesk: Helpdesk) -> None:
    files = [file for comment in helpdesk.comments(1013) for file in comment.attachments]
    assert [file.name for file in files] == ["order-form.pdf", "payments.csv", "invoices.csv"]
    assert helpdesk.download(files[0], most_bytes=MOST).startswith(b"%PDF")
