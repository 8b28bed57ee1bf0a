"""The other doors: pages, webhooks, health."""

import pytest

from tests.unit.api.conftest import Api

SIDEBAR = "/zendesk/sidebar?origin=https://sandbox.zendesk.com&app_guid=g1"


def test_a_signed_visit_gets_the_whole_panel_with_a_token_for_its_ticket(api: Api) -> None:
    page = api.client.post(SIDEBAR, data={"token": "l1:1001"})
    assert page.status_code == 200
    assert "Acme Corp" in page.text
    token = page.text.split('name="panel-token" content="')[1].split('"')[0]
    headers = {"Authorization": f"Bearer {token}"}
    assert api.client.get("/api/v1/tickets/1001/billing", headers=headers).status_code == 200
    assert api.client.get("/api/v1/tickets/1012/billing", headers=headers).status_code == 403


def test_a_visit_that_names_no_ticket_gets_a_shell_that_asks(api: Api) -> None:
    shell = api.client.post(SIDEBAR, data={"token": "l1:"})
    token = shell.text.split('name="panel-token" content="')[1].split('"')[0]
    answer = api.client.post(
        "/zendesk/panel", json={"ticket": 1001}, headers={"Authorization": f"Bearer {token}"}
    ).get_json()
    assert "Acme Corp" in answer["html"]
    assert api.client.get(
        "/api/v1/tickets/1001/pulse", headers={"Authorization": f"Bearer {answer['token']}"}
    ).get_json()["version"]


@pytest.mark.parametrize("path", [SIDEBAR, "/zendesk/console"])
def test_a_visit_that_cannot_be_believed_gets_a_readable_page(api: Api, path: str) -> None:
    page = api.client.post(path, data={})
    assert page.status_code == 401
    assert page.mimetype == "text/html"
    assert "could not be verified" in page.text
    assert "Reload" in page.text


def test_a_requester_unknown_to_billing_is_said_kindly(api: Api) -> None:
    page = api.client.post(SIDEBAR, data={"token": "l1:1012"})
    assert page.status_code == 200
    assert "hello@lumen.example" in page.text
    assert "data-action" not in page.text or 'data-action="refund"' not in page.text


def test_with_billing_down_a_panel_that_was_seen_before_opens_with_its_age(api: Api) -> None:
    api.client.post(SIDEBAR, data={"token": "l1:1001"})
    api.world.billing.down = True
    api.world.clock.moves(minutes=30)
    page = api.client.post(SIDEBAR, data={"token": "l1:1001"})
    assert page.status_code == 200
    assert "Acme Corp" in page.text
    assert "Stripe did not answer" in page.text or "Stripe does not answer" in page.text


def test_with_billing_down_a_customer_never_seen_before_is_said_so(api: Api) -> None:
    api.world.billing.down = True
    page = api.client.post(SIDEBAR, data={"token": "l1:1001"})
    assert page.status_code == 200
    assert "does not answer" in page.text


def test_somebody_without_a_role_gets_a_readable_page(api: Api) -> None:
    page = api.client.post(SIDEBAR, data={"token": "compliance:1001"})
    assert page.status_code == 403
    assert "billing group" in page.text


def test_the_console_shows_each_part_to_its_roles(api: Api) -> None:
    api.asks("l1")
    queue = api.client.post("/zendesk/console", data={"token": "manager:"})
    assert "Refund $1,450.00" in queue.text
    assert "Audit log" not in queue.text
    logs = api.client.post("/zendesk/console", data={"token": "compliance:"})
    assert "Audit log" in logs.text
    assert "request.approval_asked" in logs.text
    assert "Approvals" not in logs.text
    assert api.client.post("/zendesk/console", data={"token": "l1:"}).status_code == 403


def test_pages_may_be_framed_by_the_helpdesk_only_and_run_our_scripts_only(api: Api) -> None:
    for response in (
        api.client.post(SIDEBAR, data={"token": "l1:1001"}),
        api.client.post(SIDEBAR),
        api.client.get("/healthz"),
    ):
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors https://sandbox.zendesk.com" in policy
        assert "script-src 'self' https://static.example" in policy
        assert "unsafe" not in policy
        assert "X-Frame-Options" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


def test_no_cookie_is_ever_set(api: Api) -> None:
    assert "Set-Cookie" not in api.client.post(SIDEBAR, data={"token": "l1:1001"}).headers


@pytest.mark.parametrize("path", ["/webhooks/zendesk", "/webhooks/stripe"])
def test_an_unsigned_webhook_changes_nothing(api: Api, path: str) -> None:
    answer = api.client.post(path, json={"id": "e1", "type": "comment_added", "ticket": 1001})
    assert answer.status_code == 401
    assert api.client.post(path, data=b"\xff{").status_code == 401
    assert api.world.bell.rings == []


def test_a_signed_webhook_is_noted_once(api: Api) -> None:
    told = {"id": "e1", "type": "comment_added", "ticket": 1001}
    for _ in range(3):
        answer = api.client.post("/webhooks/zendesk", json=told, headers={"X-Signature": "good"})
        assert answer.status_code == 204
    assert len(api.world.bell.rings) == 2  # scan it, and read its customer before somebody looks


def test_a_billing_webhook_makes_the_panel_read_again(api: Api) -> None:
    api.client.post(SIDEBAR, data={"token": "l1:1001"})
    reads = api.world.billing.reads
    api.client.post(SIDEBAR, data={"token": "l1:1001"})
    assert api.world.billing.reads == reads
    api.world.clock.moves(seconds=1)
    api.client.post("/webhooks/stripe", json={"id": "evt_1"}, headers={"X-Signature": "good"})
    api.client.post(SIDEBAR, data={"token": "l1:1001"})
    assert api.world.billing.reads > reads


def test_health_and_readiness_are_told(api: Api) -> None:
    assert api.client.get("/healthz").get_json() == {"status": "alive"}
    assert api.client.get("/readyz").get_json() == {"status": "ready", "checks": {"database": "ok"}}


def test_metrics_name_answers_and_waiting_tasks(api: Api) -> None:
    api.asks("l1")
    told = api.client.get("/metrics").text
    assert 'billing_sidebar_tasks_waiting{topic="card"} 1.0' in told
    assert 'billing_sidebar_answers_total{endpoint="api.submit",status="202"}' in told


def test_static_files_may_be_kept_under_their_own_version_only(api: Api) -> None:
    page = api.client.post(SIDEBAR, data={"token": "l1:1001"}).text
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    with api.client.get(address) as kept:
        assert "immutable" in kept.headers["Cache-Control"]
    with api.client.get(address.replace(address.split("/")[2], "old")) as old:
        assert old.headers["Cache-Control"] == "no-cache"
    assert api.client.get("/static/x/../../pyproject.toml").status_code == 404


def test_without_the_preview_the_root_shows_nothing(api: Api) -> None:
    assert api.client.get("/").status_code == 404
