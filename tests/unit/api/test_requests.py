import json
import re
from dataclasses import replace

import pytest

from sidebar_app.domain.money import Money
from sidebar_app.web import schemas
from tests.unit.api.conftest import Api, body


def problem(response: object) -> tuple[int, str]:
    assert response.content_type == "application/problem+json"  # type: ignore[attr-defined]
    told = response.get_json(force=True)  # type: ignore[attr-defined]
    assert told["detail"]
    return response.status_code, told["type"].removeprefix("/problems/")  # type: ignore[attr-defined]


def recorded(api: Api) -> int:
    with api.world.store.reading() as tx:
        return len(tx.requests.of_ticket(1001))


def test_a_request_that_waits_is_202_with_its_steps(api: Api) -> None:
    response = api.asks("l1")
    told = response.get_json()
    assert response.status_code == 202
    assert told["state"] == "pending_approval"
    assert told["can_withdraw"] is True
    assert told["due_at"]
    assert [s["state"] for s in told["steps"]].count("now") == 1
    assert told["amount"] == {"amount": "1450.00", "currency": "USD", "display": "$1,450.00"}


def test_the_same_key_answers_201_once_it_is_done(api: Api) -> None:
    told = body(params={"payment": "pay_1", "amount": "10.00", "reason": "goodwill", "note": ""})
    assert (
        api.client.post("/api/v1/requests", json=told, headers=api.headers("manager", "k")).status_code == 202
    )
    api.world.works()
    again = api.client.post("/api/v1/requests", json=told, headers=api.headers("manager", "k"))
    assert (again.status_code, again.get_json()["state"]) == (201, "succeeded")
    assert len(api.world.billing.effects) == 1


def test_a_preview_says_who_decides_and_changes_nothing(api: Api) -> None:
    response = api.client.post("/api/v1/requests/preview", json=body(), headers=api.headers("l1"))
    told = response.get_json()
    assert told["verdict"] == "needs_approval"
    assert told["steps"] == [{"role": "manager", "name": "manager", "quorum": 1}]
    assert told["money"]["display"] == "$1,450.00"
    assert told["rules"]
    assert told["sentence"]
    assert recorded(api) == 0


def test_a_preview_says_why_what_would_change_it_and_who_can_approve_now(api: Api) -> None:
    told = api.client.post("/api/v1/requests/preview", json=body(), headers=api.headers("l1")).get_json()
    assert told["obstacle"] is None
    assert told["why"] == {
        "rules": [
            {
                "rule": "refund-by-agent",
                "sentence": "Refunds by agents are a manager's decision.",
                "answer": "needs a manager",
                "decides": True,
            }
        ],
        "caps": [],
        "ways": [],
        "approvers": [
            {"role": "manager", "name": "manager", "quorum": 1, "people": ["Manager", "Second manager"]}
        ],
    }
    assert set(told) == set(schemas.PreviewSchema().fields)


def test_a_preview_says_when_nobody_could_approve(api: Api) -> None:
    with api.world.store.transaction() as tx:
        for name in ("manager", "manager2"):
            person = tx.people.get(name)
            assert person
            tx.people.save(replace(person, active=False))
    told = api.client.post("/api/v1/requests/preview", json=body(), headers=api.headers("l1")).get_json()
    assert told["obstacle"]["detail"].startswith("This needs a manager to approve")
    assert told["obstacle"]["next_step"].startswith("Ask an administrator")
    assert told["why"]["approvers"][0]["people"] == []
    assert problem(api.asks("l1")) == (409, "nobody-can-approve")


def test_a_request_is_shown_to_its_own_ticket_only(api: Api) -> None:
    made = api.asks("l1").get_json()
    path = f"/api/v1/requests/{made['id']}"
    assert api.client.get(path, headers=api.headers("l2")).get_json()["can_withdraw"] is False
    assert problem(api.client.get(path, headers=api.headers("l1", ticket=1012))) == (404, "no-such-request")


def test_a_waiting_request_can_be_withdrawn_by_who_asked(api: Api) -> None:
    made = api.asks("l1").get_json()
    path = f"/api/v1/requests/{made['id']}/withdraw"
    assert problem(api.client.post(path, headers=api.headers("l2"))) == (403, "not-yours")
    assert api.client.post(path, headers=api.headers("l1")).get_json()["state"] == "withdrawn"
    assert problem(api.client.post(path, headers=api.headers("l1"))) == (409, "too-late")


@pytest.mark.parametrize(
    ("headers", "slug"),
    [
        ({}, "not-signed-in"),
        ({"Authorization": "Bearer nonsense"}, "not-signed-in"),
        ({"Authorization": "Basic bDE6bDE="}, "not-signed-in"),
        ({"Authorization": "Bearer "}, "not-signed-in"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/tickets/1001/billing"),
        ("GET", "/api/v1/tickets/1001/panel"),
        ("GET", "/api/v1/tickets/1001/pulse"),
        ("POST", "/api/v1/requests/preview"),
        ("POST", "/api/v1/requests"),
        ("GET", "/api/v1/requests/req_1"),
        ("POST", "/api/v1/requests/req_1/withdraw"),
        ("POST", "/zendesk/panel"),
    ],
)
def test_nothing_is_told_without_a_token(
    api: Api, method: str, path: str, headers: dict[str, str], slug: str
) -> None:
    told = {"ticket": 1001} if path == "/zendesk/panel" else body()
    response = api.client.open(
        path,
        method=method,
        json=told if method == "POST" else None,
        headers={**headers, "Idempotency-Key": "k"},
    )
    assert problem(response) == (401, slug)


def test_after_half_an_hour_the_session_has_ended(api: Api) -> None:
    headers = api.headers("l1")
    api.world.clock.moves(minutes=29, seconds=59)
    assert api.client.get("/api/v1/tickets/1001/pulse", headers=headers).status_code == 200
    api.world.clock.moves(seconds=1)
    response = api.client.get("/api/v1/tickets/1001/pulse", headers=headers)
    assert problem(response) == (401, "session-ended")


def test_a_token_is_for_one_ticket(api: Api) -> None:
    headers = api.headers("l1", "k", ticket=1012)
    assert problem(api.client.get("/api/v1/tickets/1001/billing", headers=headers)) == (403, "other-ticket")
    assert problem(api.client.post("/api/v1/requests", json=body(), headers=headers)) == (403, "other-ticket")


def test_a_shells_token_asks_for_nothing(api: Api) -> None:
    headers = api.headers("l1", "k", ticket=None)
    assert problem(api.client.post("/api/v1/requests", json=body(), headers=headers)) == (403, "other-ticket")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b'{"ticket": 1001, "ticket": 1002}',
        b'{"ticket": NaN}',
        b"\xff\xfe",
        b"{}trailing",
        b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(api: Api, raw: bytes) -> None:
    response = api.client.post(
        "/api/v1/requests", data=raw, content_type="application/json", headers=api.headers("l1", "k")
    )
    assert problem(response) == (400, "not-json")
    assert recorded(api) == 0


def test_another_content_type_is_refused(api: Api) -> None:
    response = api.client.post(
        "/api/v1/requests", data=json.dumps(body()), content_type="text/plain", headers=api.headers("l1", "k")
    )
    assert problem(response) == (400, "not-json")


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    told = body(params={"note": "x" * 300_000})
    response = api.client.post("/api/v1/requests", json=told, headers=api.headers("l1", "k"))
    assert problem(response)[0] == 413


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "manager"}, "role"),
        ({"approved": True}, "approved"),
        ({"ticket": "1001"}, "ticket"),
        ({"ticket": 1001.0}, "ticket"),
        ({"ticket": True}, "ticket"),
        ({"ticket": -1}, "ticket"),
        ({"action": 5}, "action"),
        ({"params": []}, "params"),
        ({"params": None}, "params"),
        ({"seen": "all"}, "seen"),
        ({"seen": {"refundable": 2400}}, "seen"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named(api: Api, changes: dict[str, object], field: str) -> None:
    response = api.asks("l1", **changes)
    assert problem(response) == (422, "invalid-request")
    assert field in response.get_json(force=True)["errors"]
    assert recorded(api) == 0


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "1e3", "abc", "9" * 40])
def test_an_amount_that_is_none_is_named(api: Api, amount: str) -> None:
    params = {"payment": "pay_1", "amount": amount, "reason": "goodwill"}
    response = api.asks("l1", params=params)
    assert problem(response) == (422, "invalid-request")
    assert "amount" in response.get_json(force=True)["errors"]


@pytest.mark.parametrize(
    ("key", "slug"),
    [
        ("", "idempotency-key-missing"),
        ("k" * 256, "idempotency-key-invalid"),
        ("a b", "idempotency-key-invalid"),
        ("4111-1111-1111-1111", "idempotency-key-invalid"),
    ],
)
def test_the_idempotency_key_is_needed_and_plain(api: Api, key: str, slug: str) -> None:
    headers = {**api.headers("l1"), **({"Idempotency-Key": key} if key else {})}
    assert problem(api.client.post("/api/v1/requests", json=body(), headers=headers)) == (400, slug)


def test_a_reused_key_is_a_conflict(api: Api) -> None:
    api.asks("l1")
    other = body(params={"payment": "pay_1", "amount": "1.00", "reason": "goodwill"})
    assert problem(api.asks("l1", **other)) == (409, "key-reused")


def test_a_stale_panel_gets_412_with_the_new_facts(api: Api) -> None:
    response = api.asks("l1", seen={"customer": "cus_1", "refundable": "9.00", "currency": "USD"})
    assert problem(response) == (412, "panel-out-of-date")
    assert response.get_json(force=True)["facts"] == {"refundable": "2400.00", "currency": "USD"}


def test_what_is_not_possible_names_its_reason_and_the_next_step(api: Api) -> None:
    params = {"payment": "pay_1", "amount": "2400.01", "reason": "goodwill"}
    response = api.asks("l1", params=params)
    told = response.get_json(force=True)
    assert problem(response) == (409, "not-eligible")
    assert told["reasons"] == ["above-refundable"]
    assert told["next_step"]


def test_a_foreign_customer_is_forbidden(api: Api) -> None:
    assert problem(api.asks("l1", seen={"customer": "cus_9"})) == (403, "customer-not-of-ticket")


def test_an_unknown_action_is_named(api: Api) -> None:
    assert problem(api.asks("l1", action="give_everything")) == (422, "unknown-action")


def test_somebody_without_a_billing_role_is_told_so(api: Api) -> None:
    assert problem(api.asks("compliance")) == (403, "no-billing-role")


@pytest.mark.parametrize(
    ("part", "slug"), [("billing", "billing-unavailable"), ("helpdesk", "helpdesk-unavailable")]
)
def test_a_system_that_is_down_is_named_and_nothing_is_done(api: Api, part: str, slug: str) -> None:
    api.client.get("/api/v1/tickets/1001/billing", headers=api.headers("l1"))
    getattr(api.world, part).down = True
    assert problem(api.asks("l2")) == (503, slug)
    assert recorded(api) == 0


def test_an_unexpected_error_shows_only_a_reference(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail 4111111111111111")

    api.world.billing.payment = breaks  # type: ignore[method-assign,assignment]
    response = api.asks("l1")
    told = response.get_json(force=True)
    assert problem(response) == (500, "unexpected")
    assert "secret" not in response.text
    assert told["reference"] in told["detail"]
    assert told["reference"] in caplog.text


def test_an_unknown_address_is_a_problem_too(api: Api) -> None:
    assert problem(api.client.get("/api/v1/nothing")) == (404, "not-found")
    assert problem(api.client.get("/api/v1/requests")) == (405, "method-not-allowed")


def test_the_description_names_every_route_of_the_api(api: Api) -> None:
    described = api.client.get("/api/v1/openapi.json").get_json()
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).replace("{request_id}", "{id}")
        for rule in api.client.application.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
    }
    assert set(described["paths"]) == routes
    submission = described["components"]["schemas"]["Submission"]
    assert set(submission["required"]) == {"ticket", "action", "params", "seen"}


def test_money_is_never_told_as_a_float(api: Api) -> None:
    api.world.billing.pays("pay_k", Money(12_345, "KWD"))
    told = api.client.get("/api/v1/tickets/1001/billing", headers=api.headers("l1")).text
    assert "12.345" in told
    json.loads(told, parse_float=lambda text: pytest.fail(f"a float: {text}"))
