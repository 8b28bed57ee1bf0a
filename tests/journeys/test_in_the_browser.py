"""The whole story in a real Chromium, through the helpdesk's iframe, as a new user clicks it."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect, sync_playwright

from tests.journeys.conftest import Workspace

pytestmark = pytest.mark.browser
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_SOON_MS = 20_000


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium_path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when anything on it goes wrong in the console."""
    opened = browser.new_page(viewport={"width": 1500, "height": 1000})
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda m: troubles.append(m.text) if m.type == "error" else None)
    yield opened
    opened.close()
    assert troubles == []


def panel_of(page: Page) -> FrameLocator:
    return page.frame_locator("#helpdesk").frame_locator("iframe")


def test_a_new_user_sees_the_whole_story(workspace: Workspace, page: Page) -> None:
    page.goto(workspace.base)
    panel, slack = panel_of(page), page.frame_locator("#pane-chat")
    expect(panel.get_by_role("heading", name="Acme Corp")).to_be_visible(timeout=_SOON_MS)
    expect(panel.locator(".go:visible")).to_have_count(0)  # no primary button before a person acts

    panel.get_by_role("button", name="Refund").first.click()
    panel.locator("#refund-payment").select_option(index=2)
    panel.locator("#refund-amount").fill("1,20")
    panel.get_by_role("button", name="Continue").click()
    expect(panel.locator("#refund-amount-err")).to_be_visible()
    panel.locator("#refund-amount").fill("120.50")
    panel.locator("#refund-reason").select_option("service_outage")
    panel.locator("#refund-note").fill("promised by phone")
    expect(panel.get_by_text("Needs a manager", exact=True)).to_be_visible(timeout=_SOON_MS)
    panel.get_by_role("button", name="Continue").click()
    panel.get_by_role("button", name="Ask for approval").click()

    card = panel.locator("#requests").get_by_text("Refund $120.50")
    expect(card.first).to_be_visible(timeout=_SOON_MS)
    message = slack.locator("#log > *").filter(has_text="Refund $120.50").last
    message.get_by_role("button", name="Approve").click(timeout=_SOON_MS)
    slack.locator("dialog[open]").get_by_role("button", name="Approve").click()

    expect(panel.get_by_text("Approved by Manager").first).to_be_visible(timeout=_SOON_MS)
    expect(panel.get_by_text("The money went back").first).to_be_visible(timeout=_SOON_MS)
    desk = page.frame_locator("#helpdesk")
    expect(desk.get_by_text("Done: Refund $120.50").first).to_be_visible(timeout=_SOON_MS)
    page.get_by_role("tab", name="Mailbox").click()
    inbox = page.frame_locator("#pane-mail")
    expect(inbox.get_by_text("Your refund of $120.50").first).to_be_visible(timeout=_SOON_MS)


def test_a_rejection_with_its_reason_reaches_the_agent(workspace: Workspace, page: Page) -> None:
    page.goto(f"{workspace.base}")
    page.locator("#story").select_option("1006")
    panel, slack = panel_of(page), page.frame_locator("#pane-chat")
    panel.get_by_role("button", name="Credit").click(timeout=_SOON_MS)
    panel.locator("#credit-amount").fill("12000")
    panel.locator("#credit-reason").select_option("goodwill")
    panel.get_by_role("button", name="Continue").click()
    panel.get_by_role("button", name="Ask for approval").click()
    message = slack.locator("#log > *").filter(has_text="Credit ¥12,000").last
    message.get_by_role("button", name="Reject").click(timeout=_SOON_MS)
    form = slack.locator("dialog[open]")
    form.locator("textarea").fill("The import was not broken")
    form.get_by_role("button", name="Reject").click()
    expect(panel.get_by_text("The import was not broken").first).to_be_visible(timeout=_SOON_MS)


def test_a_card_number_typed_by_the_customer_is_masked_while_one_looks(
    workspace: Workspace, page: Page
) -> None:
    page.goto(f"{workspace.zendesk}/agent/tickets/1005?agent=l1")
    panel = page.frame_locator("iframe")
    expect(panel.get_by_role("heading", name="Ember Health")).to_be_visible(timeout=_SOON_MS)
    page.get_by_text("As the customer").click()
    page.locator("textarea").fill("Use 5555 5555 5555 4444 please")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("▇▇▇▇ ▇▇▇▇ ▇▇▇▇ 4444 please")).to_be_visible(timeout=_SOON_MS)
    expect(page.get_by_text("5555 5555 5555 4444")).to_have_count(0)
    expect(panel.get_by_text("Card number masked").first).to_be_visible(timeout=_SOON_MS)


@pytest.mark.parametrize("width", [258, 320, 722])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_at_any_width_of_the_tray(
    workspace: Workspace, browser: Browser, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": 1400, "height": 1000}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"{workspace.zendesk}/agent/tickets/1002?agent=l2&tray={width}&scheme={scheme}")
    panel = page.frame_locator("iframe")
    expect(panel.get_by_role("heading", name="Bright Labs")).to_be_visible(timeout=_SOON_MS)
    body = panel.locator("body")
    overflow = body.evaluate(
        "b => b.ownerDocument.documentElement.scrollWidth - b.ownerDocument.defaultView.innerWidth"
    )
    background = body.evaluate(
        "b => [b, b.ownerDocument.documentElement].map(e => getComputedStyle(e).backgroundColor)"
        ".find(c => !c.startsWith('rgba'))"
    )
    page.close()
    assert overflow <= 0
    lightness = sum(int(part) for part in background[4:-1].split(",")[:3])
    assert (lightness > 600) == (scheme == "light")


def test_compliance_reads_the_logs_in_the_console(workspace: Workspace, browser: Browser) -> None:
    page = browser.new_page()  # compliance has no role in the panel: that frame is a readable 403
    page.goto(f"{workspace.zendesk}/agent/tickets/1010?agent=compliance")
    page.get_by_role("link", name="Billing console").or_(
        page.get_by_role("button", name="Billing console")
    ).first.click()
    console = page.frame_locator("iframe:visible")
    expect(console.get_by_text("Visa ···· 1111").first).to_be_visible(timeout=_SOON_MS)
    expect(console.locator(".answer")).to_contain_text("came in through")
    entry = console.get_by_role("row").filter(has_text="Visa ···· 1111").first
    entry.get_by_text("Sign off…").click()
    entry.get_by_label("Comment").fill("Only the last four are left")
    entry.get_by_role("button", name="Sign off").click()
    expect(entry.get_by_text("Only the last four are left")).to_be_visible(timeout=_SOON_MS)
    signed = json.loads(workspace.command("redactions", "list", "--signed", "--format", "json").stdout)
    assert [(row["last4"], row["sign_off_comment"]) for row in signed] == [
        ("1111", "Only the last four are left")
    ]
    console.get_by_role("tab", name="Audit log").click()
    expect(console.get_by_text("card_number.signed_off").first).to_be_visible(timeout=_SOON_MS)
    expect(console.get_by_text("card_number.redacted").first).to_be_visible()
    expect(console.get_by_text("Visa ···· 1111").first).to_be_hidden()
    page.close()


def test_a_manager_says_in_the_console_that_they_are_away_and_comes_back(
    workspace: Workspace, browser: Browser
) -> None:
    page = browser.new_page()  # an answer of 422 is an error in the eyes of the browser
    page.goto(f"{workspace.zendesk}/agent/tickets/1003?agent=manager")
    page.get_by_role("link", name="Billing console").or_(
        page.get_by_role("button", name="Billing console")
    ).first.click()
    console = page.frame_locator("iframe:visible")
    tab = console.get_by_role("tab", name="Out of office")
    expect(tab).to_be_visible(timeout=_SOON_MS)
    while tab.get_attribute("aria-selected") != "true":  # the page is drawn before its script listens
        tab.click()
    console.get_by_text("I will be away…").click()
    console.get_by_role("button", name="Save").click()
    expect(console.locator("#absence-until-err")).to_be_visible(timeout=_SOON_MS)
    console.get_by_label("Last day").fill("2099-12-31")
    console.get_by_label("Who decides in your place").select_option("vp")
    console.get_by_role("button", name="Save").click()
    expect(console.get_by_text("VP decides in your place from").first).to_be_visible()
    expect(console.get_by_role("tab", name="Out of office away")).to_be_visible()
    console.get_by_role("button", name="End it").click()
    expect(console.get_by_text("VP decides in your place from")).to_have_count(0)
    page.close()
