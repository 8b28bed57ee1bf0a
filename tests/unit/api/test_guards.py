"""Nothing is open that was not meant to be, and nothing is asked that nobody works on."""

import re

from tests.fakes.world import ROOT
from tests.unit.api.conftest import Api

# Each with the reason why it asks for no token of ours.
PUBLIC = {
    "/healthz": "for the platform's probe; says nothing",
    "/readyz": "for the platform's probe; names systems only",
    "/metrics": "counts only; keep it inside your network",
    "/static/<version>/<path:name>": "our own scripts and styles",
    "/api/v1/openapi.json": "describes, holds no data",
    "/slack/events": "verified by its signature; see the tests of Slack's inbound",
}


def test_every_route_refuses_who_brings_nothing(api: Api) -> None:
    for rule in api.client.application.url_map.iter_rules():
        if rule.rule in PUBLIC:
            continue
        path = re.sub(r"<int:\w+>", "1001", re.sub(r"<(?!int:)[^>]+>", "x", rule.rule))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = api.client.open(path, method=method, json={} if method == "POST" else None)
            assert answer.status_code == 401, f"{method} {rule.rule} answered {answer.status_code}"


def test_a_token_of_the_panel_opens_nothing_in_the_console_nor_the_other_way_round(api: Api) -> None:
    told = []
    for rule in api.client.application.url_map.iter_rules():
        if rule.rule in PUBLIC or not rule.rule.startswith(("/api/", "/zendesk/panel")):
            continue
        foreign = "compliance" if rule.rule.startswith("/api/v1/console/") else "l1"
        headers = api.headers(foreign) if foreign == "compliance" else api.in_console(foreign)
        path = re.sub(r"<int:\w+>", "1001", re.sub(r"<(?!int:)[^>]+>", "x", rule.rule))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = api.client.open(
                path, method=method, headers=headers, json={} if method == "POST" else None
            )
            told.append((rule.rule, answer.status_code, answer.get_json(force=True)["type"]))
    assert len(told) >= 8
    assert [t for t in told if t[1:] != (403, "/problems/other-place")] == []


def test_every_public_route_exists(api: Api) -> None:
    assert set(PUBLIC) <= {rule.rule for rule in api.client.application.url_map.iter_rules()}


def test_every_topic_that_is_asked_has_a_handler(api: Api) -> None:
    handlers = set(api.world.services.tasks._handlers)
    asked = set()
    for path in (ROOT / "sidebar_app" / "workflow").glob("*.py"):
        text = path.read_text()
        asked |= set(re.findall(r'tasks\.add\(\s*"(\w+)"', text))
        for topics in re.findall(r"(?:for topic in|topics =|_TOPICS =) \(([^)]*)\)", text):
            asked |= set(re.findall(r'"(\w+)"', topics))
    assert len(asked) >= 8
    assert asked == handlers
