"""The sandbox helpdesk's workspace in a real browser: the signed form, and both sides of the app framework."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from flask import Flask, request
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from sidebar_app.sandbox import zendesk
from sidebar_app.sandbox.kit import Documents, Faults, Server

pytestmark = pytest.mark.browser

# An app that answers what a test asks it to run, with the SDK's client as `zaf`.
APP = """<!doctype html><body><script src="{sdk}"></script><script>
  window.heard = [];
  window.zaf = ZAFClient.init((data) => heard.push(["registered", data.context.location, data.context.ticketId]));
  for (const name of ["app.activated", "colorScheme.changed", "ticket.updated"]) {{
    zaf.on(name, (data) => heard.push([name, data]));
  }}
</script></body>"""


@dataclass
class Helpdesk:
    url: str
    page: Page
    tokens: list[dict[str, Any]]

    def open(self, path: str) -> Frame:
        """The app's frame, once it is registered."""
        self.page.goto(self.url + path)
        element = self.page.wait_for_selector("iframe.app")
        assert element
        frame = element.content_frame()
        assert frame
        frame.wait_for_function("window.heard && heard.length >= 2")
        return frame


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The helpdesk's address, and what our app was opened with."""
    documents, ours = Documents(), Flask("app")
    tokens: list[dict[str, Any]] = []
    zendesk.seed(documents, datetime.now(UTC))

    @ours.post("/zendesk/<place>")
    def app(place: str) -> str:
        claims = jwt.decode(request.form["token"], options={"verify_signature": False})
        tokens.append({"place": place, **request.args, **claims})
        return APP.format(sdk=f"{request.args['origin']}/zaf_sdk.min.js")

    with Server(ours) as at:
        sandbox = zendesk.create_app(documents, Faults(), app_url=at.url, webhook_url=None)
        with Server(sandbox) as server:
            yield server.url, tokens
    documents.close()


@pytest.fixture
def helpdesk(browser: Browser, running: tuple[str, list[dict[str, Any]]]) -> Iterator[Helpdesk]:
    url, tokens = running
    tokens.clear()
    page = browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme="light")
    yield Helpdesk(url, page, tokens)
    page.close()


def test_the_app_is_opened_by_a_signed_form_and_registered(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1001?agent=l1")
    [token] = helpdesk.tokens
    assert (token["place"], token["origin"]) == ("sidebar", helpdesk.url)
    assert token["sub"].endswith("/users/501.json")
    assert token["context"]["url"] == f"{helpdesk.url}/agent/tickets/1001"
    heard = frame.evaluate("heard")
    assert ["registered", "ticket_sidebar", 1001] in heard
    assert ["app.activated", {"firstLoad": True}] in heard


def test_the_app_reads_what_the_helpdesk_knows(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1001?agent=l1")
    assert frame.evaluate("zaf.get('ticket.requester.email').then((r) => r['ticket.requester.email'])") == (
        "billing@acme.example"
    )
    many = frame.evaluate("zaf.get(['currentUser.id', 'colorScheme', 'nothing.here'])")
    assert (many["currentUser.id"], many["colorScheme"]) == (501, "light")
    assert "nothing.here" in many["errors"]
    assert "not available" in frame.evaluate("zaf.get('nothing').catch((error) => error.message)")
    assert "not an action" in frame.evaluate("zaf.invoke('explode').catch((error) => error.message)")


def test_the_app_changes_its_height_notifies_and_writes_into_the_composer(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1001")
    frame.evaluate("zaf.invoke('resize', {width: '100%', height: '333px'})")
    frame.evaluate("zaf.invoke('notify', 'Refund <b>done</b>', 'notice')")
    frame.evaluate("zaf.invoke('ticket.comment.appendText', 'We have refunded you.')")
    assert helpdesk.page.locator("iframe.app").evaluate("(frame) => frame.offsetHeight") == 333
    assert helpdesk.page.inner_text(".toast") == "Refund done"
    assert helpdesk.page.input_value("#text") == "We have refunded you."


def test_the_apps_requests_are_made_by_the_helpdesk(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1001")
    found = frame.evaluate(
        "zaf.request({url: '/_sandbox/state?agent=l2&ticket=1002'}).then((d) => d.ticket.id)"
    )
    assert found == 1002
    assert frame.evaluate("zaf.request('/nowhere').catch((d) => d.status)") == 404


def test_the_app_hears_of_light_and_dark_and_of_new_comments(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1004?scheme=light")
    helpdesk.page.click("#scheme")
    frame.wait_for_function("heard.some(([name, data]) => name === 'colorScheme.changed' && data === 'dark')")
    helpdesk.page.click("[data-mode=note]")
    helpdesk.page.fill("#text", "Between us")
    helpdesk.page.click(".send")
    helpdesk.page.wait_for_selector("article.note")
    frame.wait_for_function("heard.some(([name]) => name === 'ticket.updated')")


def test_a_file_is_sent_with_a_message_and_can_be_opened_by_its_name(helpdesk: Helpdesk) -> None:
    helpdesk.open("/agent/tickets/1001")
    helpdesk.page.set_input_files(
        "#files", files=[{"name": "card.txt", "mimeType": "text/plain", "buffer": b"4111 1111 1111 1111"}]
    )
    helpdesk.page.fill("#text", "See the file")
    helpdesk.page.click(".send")
    link = helpdesk.page.wait_for_selector("a.file")
    assert link is not None
    assert link.text_content() == "card.txt"
    assert helpdesk.page.evaluate("document.getElementById('files').files.length") == 0
    assert "/attachments/token/" in str(link.get_attribute("href"))


def test_another_colleague_gets_another_token(helpdesk: Helpdesk) -> None:
    helpdesk.open("/agent/tickets/1001?agent=l1")
    helpdesk.page.select_option("#agent", "manager")
    helpdesk.page.wait_for_function("document.querySelectorAll('iframe.app').length === 1")
    helpdesk.page.wait_for_url("**agent=manager**")
    while len(helpdesk.tokens) < 2:
        helpdesk.page.wait_for_timeout(20)
    assert [token["sub"].rsplit("/")[-1] for token in helpdesk.tokens] == ["501.json", "503.json"]
    assert helpdesk.tokens[0]["app_guid"] != helpdesk.tokens[1]["app_guid"]


def test_the_console_opens_in_the_navigation_bar(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/apps/billing?agent=compliance")
    assert helpdesk.tokens[0]["place"] == "console"
    assert helpdesk.tokens[0]["context"] == {"product": "support", "location": "nav_bar"}
    assert frame.evaluate("heard")[0][:2] == ["registered", "nav_bar"]


def test_a_customers_markup_shows_but_never_runs(helpdesk: Helpdesk) -> None:
    helpdesk.open("/agent/tickets/1003")
    hostile = '<p>Hello <b>you</b><img src=x onerror="window.bad=1"><script>window.bad=1</script></p>'
    body = {"ticket": 1003, "as": "customer", "html": hostile}
    helpdesk.page.request.post(f"{helpdesk.url}/_sandbox/comments", data=body)
    helpdesk.page.wait_for_selector("article:nth-of-type(2) b >> text=you")
    assert helpdesk.page.locator("#log img, #log script").count() == 0
    assert helpdesk.page.evaluate("window.bad") is None


@pytest.mark.parametrize(("asked", "given"), [("258", 258), ("722", 722), ("10", 258), ("5000", 722)])
def test_the_trays_width_is_asked_for_in_the_address(helpdesk: Helpdesk, asked: str, given: int) -> None:
    frame = helpdesk.open(f"/agent/tickets/1001?tray={asked}")
    assert frame.evaluate("innerWidth") == given


def test_the_tray_is_dragged_and_moved_by_keys(helpdesk: Helpdesk) -> None:
    frame = helpdesk.open("/agent/tickets/1001")
    assert frame.evaluate("innerWidth") == 320
    box = helpdesk.page.locator("#split").bounding_box()
    assert box
    helpdesk.page.mouse.move(box["x"] + 3, 300)
    helpdesk.page.mouse.down()
    helpdesk.page.mouse.move(1200 - 500, 300, steps=4)
    helpdesk.page.mouse.up()
    assert frame.evaluate("innerWidth") == 500
    helpdesk.page.focus("#split")
    helpdesk.page.keyboard.press("ArrowRight")
    assert frame.evaluate("innerWidth") == 484


def test_the_sdk_refuses_to_start_outside_a_helpdesk(helpdesk: Helpdesk) -> None:
    page = helpdesk.page
    page.goto(f"{helpdesk.url}/agent/tickets")
    for query, started in (("", False), ("?origin=https://evil.example&app_guid=g", False)):
        page.goto(f"{helpdesk.url}/agent/tickets{query}")
        page.add_script_tag(url=f"{helpdesk.url}/zaf_sdk.min.js")
        assert page.evaluate("ZAFClient.init() !== false") is started
