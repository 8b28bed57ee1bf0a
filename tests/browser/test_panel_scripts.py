"""The panel's scripts in a real Chromium, against a server whose answers each test decides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.fakes.contexts import STORIES, acme, ambiguous, bright
from tests.fakes.panel_server import PREVIEW, Script, problem, serving

pytestmark = pytest.mark.browser
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
        "--disable-sync", "--no-first-run"]  # fmt: skip
SDK = """globalThis.asked = [];
globalThis.ZAFClient = { init: () => ({
  get: async (path) => ({ [path]: "dark" }), context: async () => ({ ticketId: 1001 }),
  on: (name, act) => { globalThis[`fire ${name}`] = act; },
  invoke: async (...what) => { asked.push(what); } }) };"""
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 300);
})"""
# The contrast of every text with the nearest opaque background, by WCAG 2.1; what is too faint is named.
FAINT = """() => {
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !node.getClientRects().length || node.closest(".sr")) continue;
    const colours = [parse(getComputedStyle(node).color).slice(0, 3), behind(node)];
    const [a, b] = colours.map(light).sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) found.push(`${walker.currentNode.data.trim()} ${contrast.toFixed(2)}`);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def page(browser: Browser, script: Script) -> Iterator[Page]:
    """Fails the test when the page broke its own security policy or threw."""
    with serving(script) as address:
        context = browser.new_context(
            viewport={"width": 320, "height": 700}, base_url=address, reduced_motion="reduce"
        )
        opened = context.new_page()
        opened.set_default_timeout(8000)
        slips: list[str] = []
        opened.on("pageerror", lambda error: slips.append(str(error)))
        opened.on("console", lambda m: slips.append(m.text) if "Content Security Policy" in m.text else None)
        yield opened
        context.close()
        assert slips == []


def field(page: Page, label: str) -> Locator:
    """Of the form that is open."""
    return page.locator(".act:visible").get_by_label(label)


def button(page: Page, name: str) -> Locator:
    return page.locator(".act:visible").get_by_role("button", name=name)


def ask_refund(page: Page, *, amount: str = "1450", note: str = "") -> None:
    page.get_by_role("button", name="Refund…").click()
    field(page, "Amount").fill(amount)
    field(page, "Reason").select_option("service_outage")
    field(page, "Note").fill(note)
    button(page, "Continue").click()


def test_a_form_opens_in_place_shows_the_verdict_and_closes_to_where_it_came_from(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Refund…").click()
    expect(page.get_by_role("heading", name="Refund", exact=True)).to_be_focused()
    expect(page.locator("#act-refund .verdict")).to_contain_text("Needs a manager")
    expect(page.locator("#overview")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Refund…")).to_be_focused()
    expect(page.locator("#overview")).to_be_visible()


def test_a_request_is_confirmed_sent_once_and_appears_without_a_reload(page: Page, script: Script) -> None:
    page.goto("/")
    page.evaluate("window.stays = true")
    ask_refund(page, amount="1,450.00", note="Outage")
    confirm = page.locator("#act-refund .confirm")
    expect(confirm).to_contain_text("Refund $1,450.00 to Visa ···· 4242?")
    expect(confirm).to_be_focused()
    assert script.sent("/api/v1/requests") == []
    button(page, "Ask for approval").dblclick()
    expect(page.locator("#req_1")).to_be_focused()
    expect(page.locator("#req_1")).to_contain_text("A manager decides")
    expect(page.locator("#said")).to_contain_text("waiting")
    expect(page.locator("#overview")).to_be_visible()
    (sent,) = script.sent("/api/v1/requests")
    assert sent.body == {
        "ticket": 1001,
        "action": "refund",
        "params": {"payment": "pay_0", "amount": "1450.00", "reason": "service_outage", "note": "Outage"},
        "seen": {"customer": "cus_1", "refundable": "2400.00", "currency": "USD"},
    }
    assert len(sent.key) == 36
    assert page.evaluate("window.stays")
    assert page.evaluate("sessionStorage.length") == 0


def test_an_empty_amount_asks_for_the_whole_rest(page: Page, script: Script) -> None:
    page.goto("/")
    ask_refund(page, amount="")
    button(page, "Ask for approval").click()
    expect(page.locator("#req_1")).to_be_visible()
    assert script.sent("/api/v1/requests")[0].body["params"]["amount"] == ""


def test_a_credit_carries_its_currency_and_the_balance_that_was_shown(page: Page, script: Script) -> None:
    script.preview = (
        200,
        PREVIEW
        | {"verdict": "allow", "steps": [], "summary": "Credit $25.00 to the balance", "due_at": None},
    )
    page.goto("/")
    page.get_by_role("button", name="Credit…").click()
    field(page, "Amount").fill("25")
    field(page, "Reason").select_option("goodwill")
    button(page, "Continue").click()
    expect(page.locator("#act-credit .verdict")).to_contain_text("Runs at once")
    page.get_by_role("button", name="Credit now").click()
    expect(page.locator("#req_1")).to_be_visible()
    body = script.sent("/api/v1/requests")[0].body
    assert body["params"] == {"amount": "25", "currency": "USD", "reason": "goodwill", "note": ""}
    assert body["seen"] == {"customer": "cus_1", "credit": "0.00", "currency": "USD"}


WRONG = [
    ("1450,00", "", "Write the amount in digits"),
    ("0", "", "more than zero"),
    ("1.234", "", "At most 2 decimals"),
    ("-5", "", "Write the amount in digits"),
    ("2400.01", "", "At most $2,400.00 can still be refunded"),
    ("10", "card 4242 4242 4242 4242", "looks like a card number"),
]


def test_a_field_that_is_wrong_says_so_and_nothing_is_sent(page: Page, script: Script) -> None:
    page.goto("/")
    page.get_by_role("button", name="Refund…").click()
    field(page, "Reason").select_option("other")
    for amount, note, message in WRONG:
        field(page, "Amount").fill(amount)
        field(page, "Note").fill(note)
        button(page, "Continue").click()
        expect(page.locator("#act-refund .err:visible")).to_contain_text(message)
        expect(page.locator("#act-refund .confirm")).to_be_hidden()
    assert script.sent("/api/v1/requests") == []
    assert "4242 4242" not in str(script.calls)


def test_digits_that_are_no_card_number_may_stand_in_a_note(page: Page) -> None:
    page.goto("/")
    ask_refund(page, note="Outage 2026-01-03 2026-01-05")
    expect(page.locator("#act-refund .confirm")).to_be_visible()


def test_a_missing_reason_is_asked_for_where_it_is_missing(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Refund…").click()
    button(page, "Continue").click()
    expect(page.locator("#refund-reason-err")).to_have_text("Choose one.")
    expect(field(page, "Reason")).to_be_focused()


def test_a_refusal_is_shown_with_its_reason_and_the_next_step(page: Page, script: Script) -> None:
    script.preview = problem(
        409, "not-eligible", "This payment is disputed.", next_step="Wait.", reasons=["disputed"]
    )
    page.goto("/")
    ask_refund(page)
    verdict = page.locator("#act-refund .verdict")
    expect(verdict).to_contain_text("Not possible")
    expect(verdict).to_contain_text("This payment is disputed. Wait.")
    expect(page.locator("#act-refund .confirm")).to_be_hidden()


def test_a_connection_lost_after_the_server_recorded_it_leads_to_one_request(
    page: Page, script: Script
) -> None:
    script.faults = ["mute", "cut"]
    page.goto("/")
    ask_refund(page)
    button(page, "Ask for approval").click()
    expect(page.locator("#req_1")).to_be_visible()
    sent = script.sent("/api/v1/requests")
    assert len(sent) == 3
    assert len({call.key for call in sent}) == 1
    assert len(script.recorded) == 1


def test_a_reload_before_the_answer_sends_the_same_intent_again(page: Page, script: Script) -> None:
    script.faults = ["hang"]
    page.goto("/")
    ask_refund(page)
    with page.expect_request("**/api/v1/requests"):
        button(page, "Ask for approval").click()
    page.reload()
    expect(page.locator("#req_1")).to_be_visible()
    assert len({call.key for call in script.sent("/api/v1/requests")}) == 1


def test_another_agent_in_the_same_browser_never_sends_what_somebody_else_confirmed(
    page: Page, script: Script
) -> None:
    script.faults = ["hang"]
    page.goto("/")
    ask_refund(page)
    with page.expect_request("**/api/v1/requests"):
        button(page, "Ask for approval").click()
    script.context = acme(viewer="l2")
    with page.expect_response(re.compile("pulse")):
        page.reload()
    page.wait_for_timeout(150)
    assert script.recorded == {}


def test_facts_that_changed_are_shown_and_asked_about_again_with_a_new_key(
    page: Page, script: Script
) -> None:
    changed = problem(412, "panel-out-of-date", "The customer's billing changed since this panel was drawn.",
                      facts={"refundable": "1500.00", "currency": "USD"})  # fmt: skip
    script.faults = [changed]
    page.goto("/")
    ask_refund(page)
    button(page, "Ask for approval").click()
    expect(page.locator("#act-refund .verdict")).to_contain_text("Now $1,500.00 can still be refunded.")
    expect(page.locator("#refund-amount-hint")).to_contain_text("$1,500.00")
    button(page, "Continue").click()
    button(page, "Ask for approval").click()
    expect(page.locator("#req_1")).to_be_visible()
    first, second = script.sent("/api/v1/requests")
    assert first.key != second.key
    assert second.body["seen"] == {"customer": "cus_1", "refundable": "1500.00", "currency": "USD"}


def test_changing_a_field_takes_the_confirmation_back(page: Page) -> None:
    page.goto("/")
    ask_refund(page)
    expect(page.locator("#act-refund .confirm")).to_be_visible()
    field(page, "Amount").fill("9")
    expect(page.locator("#act-refund .confirm")).to_be_hidden()
    expect(button(page, "Continue")).to_be_visible()


def test_a_refund_of_a_duplicate_opens_with_that_payment(page: Page, script: Script) -> None:
    script.context = bright()
    page.goto("/")
    page.get_by_role("button", name="Refund the second one…").click()
    expect(field(page, "Payment")).to_have_value("pay_d2")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Refund the second one…")).to_be_focused()


def test_withdrawing_asks_first(page: Page, script: Script) -> None:
    script.context = bright()
    page.goto("/")
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Keep it").click()
    assert script.sent("/api/v1/requests/req_1/withdraw") == []
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Yes, withdraw").click()
    expect(page.locator("#req_1")).to_have_count(0)
    assert len(script.sent("/api/v1/requests/req_1/withdraw")) == 1


def test_a_change_is_drawn_without_touching_an_open_form_or_a_fold(page: Page, script: Script) -> None:
    script.context = replace(bright(), history=())
    page.goto("/")
    page.locator("#section-account summary").click()
    page.get_by_role("button", name="Refund…").click()
    field(page, "Note").fill("half a sen")
    with page.expect_response(re.compile("/panel")):
        script.shows(bright())
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#req_1")).to_have_count(1)
    expect(field(page, "Note")).to_have_value("half a sen")
    expect(field(page, "Note")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#req_1")).to_be_visible()
    assert page.locator("#section-account").evaluate("fold => fold.open")


def test_a_session_that_ended_is_told_and_asked_no_more(page: Page, script: Script) -> None:
    script.gone = True
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("Reload the page.")
    asked = len(script.calls)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(100)
    assert len(script.calls) == asked


def test_another_customer_can_be_chosen(page: Page, script: Script) -> None:
    script.context = ambiguous()
    page.goto("/")
    chosen = script.context.candidates[1]
    script.context = ambiguous(customer=chosen)
    page.get_by_role("button", name="Iris Consulting (Lab)").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iris Consulting (Lab)")
    assert script.sent("/api/v1/tickets/1001/panel")[0].body == {"customer": ["cus_9"]}
    assert page.locator("#panel").get_attribute("data-customer") == "cus_9"


def test_older_payments_show_on_demand(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("INV-2025-10")).to_be_hidden()
    page.get_by_role("button", name="3 more").click()
    expect(page.get_by_text("INV-2025-10")).to_be_visible()


def test_the_helpdesk_gives_the_colours_and_is_told_the_height(page: Page, script: Script) -> None:
    script.sdk = SDK
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    for _ in range(250):  # waiting in the page would need eval, which its policy forbids
        if page.evaluate("asked.length"):
            break
        page.wait_for_timeout(20)
    assert page.evaluate("asked[0][0]") == "resize"
    page.evaluate("globalThis['fire colorScheme.changed']('light')")
    expect(page.locator("html")).to_have_attribute("data-scheme", "light")


def test_the_shell_learns_the_ticket_from_the_helpdesk(page: Page, script: Script) -> None:
    script.sdk, script.page = SDK, "panel/shell.html"
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Acme Corp")
    assert script.sent("/zendesk/panel")[0].body == {"ticket": 1001}


def test_the_shell_outside_a_helpdesk_says_where_it_belongs(page: Page, script: Script) -> None:
    script.page = "panel/shell.html"
    page.goto("/")
    expect(page.get_by_text("Open this panel in a Zendesk ticket.")).to_be_visible()


def test_nothing_moves_while_the_page_loads(page: Page, script: Script) -> None:
    script.context = bright()
    page.goto("/")
    assert page.evaluate(SHIFTS) == 0


def test_every_panel_of_258_pixels_shows_everything_in_readable_colours(page: Page, script: Script) -> None:
    page.set_viewport_size({"width": 258, "height": 700})
    for story, make in STORIES.items():
        script.context = make()
        page.goto("/")
        page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
        for scheme in ("light", "dark"):
            page.evaluate("scheme => { document.documentElement.dataset.scheme = scheme; }", scheme)
            assert (story, scheme, page.evaluate(FAINT)) == (story, scheme, [])
        page.evaluate("document.querySelectorAll('.act').forEach((form) => { form.hidden = false; })")
        assert (story, page.evaluate(FAINT)) == (story, [])
        assert (story, page.evaluate("document.documentElement.scrollWidth")) == (story, 258)


def test_why_says_rules_limits_ways_and_people_before_ids(page: Page, script: Script) -> None:
    told = {
        "rules": [
            {"rule": "refund-by-agent", "sentence": "Agents ask.", "answer": "needs a manager", "decides": False},
            {"rule": "refund-large", "sentence": "Large.", "answer": "needs a manager, then a VP", "decides": True},
        ],
        "caps": [{"rule": "agent-daily", "sentence": "More than $1,000.00 in 24 hours: needs a VP.", "is_over": True}],
        "ways": ["$450.00 less would need no approval: up to $1,000.00 runs at once."],
        "approvers": [
            {"role": "manager", "name": "manager", "quorum": 2, "people": ["Manager", "VP, standing in for M2"]},
            {"role": "vp", "name": "VP", "quorum": 1, "people": []},
        ],
    }  # fmt: skip
    script.preview = (200, PREVIEW | {"why": told, "rules": ["refund-large", "agent-daily"]})
    page.goto("/")
    ask_refund(page)
    summary = page.locator("#act-refund .verdict summary")
    summary.focus()
    page.keyboard.press("Enter")
    told_text = page.locator("#act-refund .verdict details").inner_text().splitlines()
    assert [line for line in told_text if line] == [
        "Why?",
        "Rules that speak about this",
        "Agents ask (needs a manager; a stricter rule counts).",
        "Large (needs a manager, then a VP).",
        "Limits over time",
        "More than $1,000.00 in 24 hours: needs a VP.",
        "What would change it",
        "$450.00 less would need no approval: up to $1,000.00 runs at once.",
        "Who can approve now",
        "Manager (2 of them): Manager; VP, standing in for M2",
        "VP: nobody",
        "Rule refund-large, agent-daily · Policy 2026-01",
    ]
    page.set_viewport_size({"width": 258, "height": 600})
    assert page.evaluate("document.documentElement.scrollWidth") <= 258


def test_reasons_that_are_unfolded_stay_so_while_typing(page: Page, script: Script) -> None:
    page.goto("/")
    page.get_by_role("button", name="Refund…").click()
    field(page, "Amount").fill("10")
    page.locator("#act-refund .verdict summary").click()
    field(page, "Amount").fill("11")
    expect(page.locator("#act-refund .verdict details")).to_have_attribute("open", "")
    expect(page.locator("#act-refund .verdict")).to_contain_text("Manager; Manager 2")


def test_when_nobody_could_approve_the_verdict_says_so_and_nothing_can_be_asked(
    page: Page, script: Script
) -> None:
    obstacle = {
        "detail": "This needs a manager to approve, and no other one is linked.",
        "next_step": "Ask an admin.",
    }
    script.preview = (200, PREVIEW | {"obstacle": obstacle})
    page.goto("/")
    ask_refund(page)
    verdict = page.locator("#act-refund .verdict")
    expect(verdict).to_contain_text("Nobody can approve this now")
    expect(verdict).to_contain_text("no other one is linked. Ask an admin.")
    expect(page.locator("#act-refund .confirm")).to_be_hidden()
    assert script.sent("/api/v1/requests") == []


def test_a_preview_that_gets_no_answer_says_so(page: Page, script: Script) -> None:
    script.preview = (502, {})
    page.goto("/")
    ask_refund(page)
    expect(page.locator("#act-refund .verdict")).to_contain_text("No answer")


def test_a_preview_before_a_reason_is_chosen_asks_with_a_neutral_one(page: Page, script: Script) -> None:
    page.goto("/")
    page.get_by_role("button", name="Refund…").click()
    expect(page.locator("#act-refund .verdict")).to_contain_text("Needs a manager")
    asked: Any = script.sent("/api/v1/requests/preview")[0].body
    assert asked["params"] == {"payment": "pay_0", "amount": "", "reason": "other", "note": ""}
