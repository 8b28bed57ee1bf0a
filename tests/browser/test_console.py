"""The console in a real Chromium, on our own app and a real database: what a compliance officer does, alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, Source
from sidebar_app.sandbox.kit import Server
from tests.browser.test_panel_scripts import ARGS, FAINT
from tests.fakes.time import START as NOW
from tests.fakes.world import World
from tests.unit.api.conftest import app

__all__ = ["app"]
pytestmark = pytest.mark.browser
LAST_MONTH = NOW.replace(day=1) - timedelta(days=9)
ENTRY = RedactionEntry(
    "red_001", 1010, 5, "Visa", "1111", "cards-1", Outcome.REDACTED, NOW - timedelta(days=2),
    channel="email", written_at=NOW - timedelta(days=2),
)  # fmt: skip
STORY = (
    ENTRY,
    replace(ENTRY, id="red_002", ticket_id=1004, comment_id=0, place=Place.SUBJECT, outcome=Outcome.REMAINING,
            remains="The helpdesk keeps the subject of a closed ticket.", channel="web"),
    replace(ENTRY, id="red_003", ticket_id=998, brand="Maestro", last4="0604", outcome=Outcome.REVIEW,
            source=Source.BACKSCAN, written_at=LAST_MONTH),
    replace(ENTRY, id="red_004", ticket_id=997, source=Source.BACKSCAN, written_at=LAST_MONTH),
    replace(ENTRY, id="red_005", ticket_id=1002, comment_id=0, brand="", last4="", outcome=Outcome.NOT_SCANNED,
            place=Place.ATTACHMENT, place_name="scan.tiff", remains="The file is too large to look into."),
)  # fmt: skip
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 320, "height": 700}


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def world(app: tuple[Flask, World]) -> World:
    _, world = app
    put(world, *STORY)
    return world


@pytest.fixture
def address(app: tuple[Flask, World]) -> Iterator[str]:
    with Server(app[0]) as server:
        yield server.url


@pytest.fixture
def page(browser: Browser, address: str, world: World) -> Iterator[Page]:
    """The console of compliance; fails the test when the page threw or broke its own security policy."""
    yield from visiting(browser, address, viewport=WIDE)


def visiting(browser: Browser, address: str, **how: Any) -> Iterator[Page]:
    context = browser.new_context(
        reduced_motion="reduce", accept_downloads=True, timezone_id="Asia/Tokyo", **how
    )
    opened = context.new_page()
    opened.set_default_timeout(8000)
    slips: list[str] = []
    opened.on("pageerror", lambda error: slips.append(str(error)))
    opened.on("console", lambda m: slips.append(m.text) if "Content Security Policy" in m.text else None)
    opened.route(
        "https://static.example/**", lambda route: route.fulfill(content_type="text/javascript", body="")
    )
    form = f'<form method="post" action="{address}/zendesk/console"><input name="token" value="compliance:"></form>'
    opened.set_content(form)
    with opened.expect_navigation():
        opened.evaluate("document.forms[0].submit()")
    yield opened
    context.close()
    assert slips == []


def put(world: World, *entries: RedactionEntry) -> None:
    with world.store.transaction() as tx:
        for entry in entries:
            tx.redactions.add(entry)


def row(page: Page, entry: str) -> Locator:
    return page.locator(f"#{entry}")


def answer(page: Page) -> Locator:
    return page.locator(".answer")


def signs(form: Locator, comment: str) -> None:
    form.get_by_label("Comment").fill(comment)
    form.get_by_role("button").click()


def test_which_card_data_came_in_last_month_and_is_it_gone(page: Page) -> None:
    expect(page.get_by_role("tab", name="Card numbers")).to_contain_text("3")
    page.get_by_label("Came in (UTC)").select_option(label="Last month")
    expect(answer(page)).to_contain_text(
        "In February 2026, 2 card numbers came in through 2 tickets: 1 is gone, 1 waits for review (ticket #998)."
    )
    ticket = answer(page).get_by_role("link", name="#998")
    expect(ticket).to_have_attribute("href", "https://sandbox.zendesk.com/agent/tickets/998")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_label("Outcome").select_option(label="gone")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("button", name="Reset").click()
    expect(answer(page)).to_contain_text("In the last 30 days, 4 card numbers")
    expect(page.get_by_label("Outcome")).to_have_value("")
    expect(page.get_by_role("heading", name="Card numbers")).to_be_focused()


def test_days_of_ones_own_and_a_ticket(page: Page) -> None:
    page.get_by_label("Came in (UTC)").select_option(label="From … to …")
    page.get_by_label("First day").fill("2026-03-08")
    page.get_by_label("Ticket", exact=True).fill("#1004")
    page.get_by_label("Ticket", exact=True).press("Enter")
    expect(answer(page)).to_contain_text("Since 8 March 2026 (ticket #1004), 1 card number came in")
    page.get_by_label("Ticket", exact=True).fill("the last one")
    page.get_by_label("Ticket", exact=True).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Give the number of a ticket")
    expect(answer(page)).to_contain_text("Since 8 March 2026 (ticket #1004)")


def test_one_entry_is_signed_off_with_a_comment_and_without_a_mouse(page: Page, world: World) -> None:
    summary = row(page, "red_002").get_by_text("Sign off…")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("removed 4111111111111111 by hand")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "red_002").get_by_text("This looks like a card number.")).to_be_visible()
    field = row(page, "red_002").get_by_label("Comment")
    expect(field).to_be_focused()
    field.fill("")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "red_002").get_by_text("Write a comment.")).to_be_visible()
    field.fill("Removed by hand")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(row(page, "red_002")).to_contain_text("compliance, 10 Mar 2026 12:00")
    expect(row(page, "red_002")).to_contain_text("Removed by hand")
    expect(page.get_by_role("status")).to_have_text("1 entry is signed off.")
    expect(row(page, "red_002").locator("summary").first).to_be_focused()
    expect(page.get_by_role("tab", name="Card numbers")).to_contain_text("2")
    assert world.chain_holds()


def test_all_of_a_filter_are_signed_off_but_nothing_unseen(page: Page, world: World) -> None:
    page.get_by_label("Outcome").select_option(label="gone")
    page.get_by_text("Sign off all 2 entries of this filter…").click()
    form = page.locator("form", has_text="You put your name to 2 entries: 2 gone.")
    put(world, replace(ENTRY, id="red_006", at=NOW))
    signs(form, "Looked through them")
    expect(page.get_by_role("alert")).to_contain_text(
        "The log changed since you looked at it: 3 entries now, 2 then"
    )
    page.get_by_role("alert").get_by_role("button", name="Close").click()
    page.get_by_label("Outcome").select_option(label="Any")
    page.get_by_label("Outcome").select_option(label="gone")
    form = page.locator("form", has_text="You put your name to 3 entries: 3 gone.")
    signs(form, "Looked through them")
    expect(answer(page)).to_contain_text("Everything is signed off.")
    expect(page.get_by_text("compliance, 10 Mar 2026 12:00")).to_have_count(3)


def test_what_is_no_card_is_allowed_by_its_shape_and_taken_back(page: Page) -> None:
    row(page, "red_003").get_by_text("Not a card…").click()
    form = row(page, "red_003").locator("form", has_text="We keep no digits")
    form.get_by_label("Recognised by").select_option(label="its shape, e.g. 90011#########")
    form.get_by_label("Word or shape").fill("5018 #### #### ####")
    form.get_by_label("Why is it no card?").fill("Numbers of our vouchers")
    form.get_by_role("button").click()
    expect(form.get_by_text("Real cards look like this")).to_be_visible()
    expect(form.get_by_label("I know that real cards")).to_be_focused()
    form.get_by_label("I know that real cards").check()
    form.get_by_role("button").click()
    expect(row(page, "red_003")).to_contain_text("No card, says compliance: Numbers of our vouchers")
    expect(answer(page)).to_contain_text("1 turned out to be no card")

    page.get_by_role("tab", name="Allowed numbers").click()
    allowed = page.locator("#part-allowlist").get_by_role("row", name="5018############")
    expect(allowed).to_contain_text("from entry red_003")
    allowed.get_by_role("button", name="Mask again").click()
    expect(allowed).to_contain_text("removed by compliance")
    page.get_by_role("tab", name="Audit log").click()
    expect(page.locator("#part-audit")).to_contain_text("allowlist.removed")


def test_the_filtered_log_is_saved_as_a_file(page: Page, tmp_path: Path) -> None:
    page.get_by_label("Came in (UTC)").select_option(label="Last month")
    expect(page.get_by_role("row")).to_have_count(3)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    assert saved.value.suggested_filename == "redaction-log-2026-03-10.csv"
    saved.value.save_as(tmp_path / "log.csv")
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["entry", "red_004", "red_003"]


def test_tabs_move_by_arrow_keys_and_show_what_is_now(page: Page, world: World) -> None:
    page.get_by_role("tab", name="Card numbers").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="Audit log")).to_be_focused()
    expect(page.get_by_role("tabpanel", name="Audit log")).to_be_visible()
    expect(page.get_by_role("tabpanel", name="Card numbers")).to_be_hidden()
    put(world, replace(ENTRY, id="red_006", outcome=Outcome.REVIEW))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Card numbers")).to_contain_text("4")
    expect(row(page, "red_006")).to_be_visible()


def test_a_session_that_ended_says_so_and_loses_nothing_that_was_typed(page: Page, world: World) -> None:
    row(page, "red_002").get_by_text("Sign off…").click()
    world.clock.moves(minutes=30)
    signs(row(page, "red_002").locator("form").first, "Removed by hand")
    expect(page.get_by_role("alert")).to_contain_text("open for more than 30 minutes")
    expect(row(page, "red_002").get_by_label("Comment").first).to_have_value("Removed by hand")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
def test_everything_can_be_read_at_every_width(
    browser: Browser, address: str, world: World, scheme: str, viewport: dict[str, int]
) -> None:
    for page in visiting(browser, address, viewport=viewport, color_scheme=scheme):
        for tab in ("Card numbers", "Allowed numbers", "Audit log"):
            page.get_by_role("tab", name=tab).click()
            expect(page.get_by_role("tabpanel", name=tab)).not_to_have_attribute("aria-busy", "true")
            page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
            assert page.evaluate(FAINT) == []
