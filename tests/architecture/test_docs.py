"""What the docs say is what the code does."""

import re
import runpy
from pathlib import Path

import pytest

from sidebar_app.sandbox import cast
from tests.fakes.world import ROOT

PAGES = runpy.run_path(str(ROOT / "bin" / "docs"), run_name="docs")["PAGES"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_drawn_from_code_is_up_to_date(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "run bin/docs"


@pytest.mark.parametrize(
    "page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: p.name
)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_sandboxes_people_are_the_cast() -> None:
    from sidebar_app.adapters.people_file import load

    _, people = load((ROOT / "sidebar_app/sandbox/people.toml").read_text())
    assert {(p.id, p.email, p.zendesk_id, p.slack.user_id) for p in people if p.slack} == {
        (c.name, c.email, c.zendesk_id, c.slack_id) for c in cast.COLLEAGUES
    }


def test_the_example_of_the_people_file_can_be_read() -> None:
    from sidebar_app.adapters.people_file import load

    assert load((ROOT / "people.example.toml").read_text())[1]
