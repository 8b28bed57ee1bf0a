"""The pages as a browser gets them: safe, small, usable without a mouse."""

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from tests.fakes.consoles import consoles
from tests.fakes.contexts import STORIES, acme, bright, hostile, specialist, unknown
from tests.fakes.pages import SDK, WIDGETS, draw, draw_console, draw_error, draw_panel

MOST_BYTES = 60_000
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """Every tag with its attributes and the ids, labels and texts of a page; fails on unbalanced tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag in tags]


def pages() -> Iterator[tuple[str, str]]:
    yield from ((name, draw_panel(make())) for name, make in STORIES.items())
    yield from ((name, draw_console(name)) for name in consoles())
    yield "error", draw_error()
    yield "shell", draw("panel/shell.html", token="t", sdk_url=SDK)


PAGES = dict(pages())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_inline_script_style_or_handler(name: str) -> None:
    page = Page(PAGES[name])
    assert all(script.get("src") for script in page.named("script"))
    assert page.named("style") == []
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not any(attribute.startswith("on") for attribute in attributes)
        assert not attributes.get("href", "").startswith("javascript:")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_each_id_once_and_refers_only_to_ids_that_are_there(name: str) -> None:
    page = Page(PAGES[name])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.tags:
        for reference in ("for", "aria-describedby", "aria-labelledby", "data-more"):
            assert set(attributes.get(reference, "").split()) <= set(ids)


@pytest.mark.parametrize("name", PAGES)
def test_every_field_has_a_label_and_the_page_a_language_a_title_and_one_heading(name: str) -> None:
    page = Page(PAGES[name])
    labels = {label["for"] for label in page.named("label")}
    fields = [f for f in page.named("select", "input", "textarea") if f.get("type") != "hidden"]
    assert all(field["id"] in labels for field in fields)
    assert page.named("html")[0]["lang"] == "en"
    assert page.named("title")
    if name != "shell":
        assert len(page.named("h1")) == 1


def test_names_of_customers_stay_text() -> None:
    html = draw_panel(hostile())
    page = Page(html)
    assert "<script>alert(1)" in page.text
    assert "<script>alert" not in html
    assert page.named("img", "i") == []
    assert "javascript:" not in html


def test_what_was_seen_travels_in_attributes_unharmed() -> None:
    page = Page(draw_panel(hostile()))
    forms = page.named("form")
    assert all("cus_" in form["data-seen"] for form in forms)
    assert page.named("main")[0]["data-customer"] == "cus_'\"<x>"


def test_no_button_is_primary_before_a_person_acts() -> None:
    html = draw_panel(acme())
    overview = html[: html.index('<section class="act"')]
    assert 'class="go"' not in overview
    assert re.findall(r'<section class="act"[^>]* hidden>', html)


def test_the_panel_names_ticket_customer_token_and_sdk() -> None:
    html = draw_panel(bright())
    page = Page(html)
    main = page.named("main")[0]
    assert (main["data-ticket"], main["data-customer"], main["data-viewer"]) == ("1001", "cus_2", "l1")
    assert "data-waiting" in main
    assert {"name": "panel-token", "content": "panel-token"} in page.named("meta")
    assert page.named("script")[0]["src"] == SDK


def test_the_fragment_is_the_main_part_alone() -> None:
    fragment = draw_panel(acme(), template="panel/_main.html").strip()
    assert fragment.startswith('<main id="panel"')
    assert fragment.endswith("</main>")
    assert fragment in draw_panel(acme())


def test_more_actions_fold() -> None:
    assert "More actions<small>2 available" in draw_panel(specialist())
    assert "More actions" not in draw_panel(acme())


def test_an_unknown_requester_is_told_without_forms() -> None:
    page = Page(draw_panel(unknown()))
    assert "Not a billing customer." in page.text
    assert page.named("form") == []


def test_a_problem_page_says_what_to_do() -> None:
    text = Page(draw_error()).text
    assert "This visit could not be verified" in text
    assert "Reload the ticket in Zendesk." in text


def assets() -> list[bytes]:
    folder = WIDGETS / "static"
    scripts = list((folder / "panel").glob("*.js"))
    return [path.read_bytes() for path in [folder / "panel.css", *scripts]]


@pytest.mark.parametrize("story", STORIES)
def test_a_panel_with_everything_it_loads_is_at_most_60_kb_compressed(story: str) -> None:
    files = [PAGES[story].encode(), *assets()]
    assert sum(len(gzip.compress(content)) for content in files) <= MOST_BYTES


def test_the_panel_of_an_ordinary_customer_is_small_uncompressed_too() -> None:
    assert sum(map(len, [PAGES["acme"].encode(), *assets()])) <= MOST_BYTES + 10_000


def test_every_module_that_is_imported_is_there_and_is_fetched_early() -> None:
    folder = WIDGETS / "static" / "panel"
    early = set(re.findall(r'modulepreload" href="/static/panel/(\w+)\.js"', PAGES["acme"])) | {"main"}
    imported = {"main"}
    for path in folder.glob("*.js"):
        names = set(re.findall(r'from "\./(\w+)\.js"', path.read_text()))
        assert all((folder / f"{name}.js").exists() for name in names)
        imported |= names
    assert early == imported


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    for content in assets():
        assert b"http" not in content
        assert b"url(" not in content
        assert b"innerHTML" not in content
