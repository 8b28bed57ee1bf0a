"""A customer pastes a card number; it is masked in the ticket and stands nowhere else."""

from typing import Any

import requests

from tests.journeys.conftest import Workspace, eventually

TYPED, HIDDEN, NOTED = "4111111111111111", "5555555555554444", "378282246310005"


def test_a_pasted_number_is_masked_logged_and_kept_nowhere(workspace: Workspace) -> None:
    requests.post(
        f"{workspace.zendesk}/_sandbox/announce", json={"ticket": 1010}, timeout=10
    ).raise_for_status()
    bodies = eventually(
        lambda: (b := "".join(c["html_body"] for c in workspace.comments(1010))).count("▇") >= 24 and b
    )
    assert "1111" in bodies
    assert "4444" in bodies
    warnings = eventually(
        lambda: (m := str(workspace.messages("security"))).count("#1010") and "···· 4444" in m and m
    )
    assert "···· 1111" in warnings
    assert "masked" in workspace.panel("l1", 1010).html

    replies = eventually(
        lambda: [c for c in workspace.comments(1010) if c["author_id"] == 500 and c["public"]]
    )
    assert len(replies) == 1
    assert "never send a card number" in replies[0]["plain_body"].replace("\n", " ")

    panel = workspace.panel("l1", 1010)
    view = panel.view()
    option = next(f for f in view["forms"] if f["action"] == "refund")["fields"][0]["options"][0]
    params = {"payment": option["value"], "amount": "1.00", "reason": "other", "note": f"card {NOTED}"}
    body = {
        "ticket": 1010,
        "action": "refund",
        "params": params,
        "seen": {"customer": view["customer"], **option["seen"]},
    }
    asked = panel.call("POST", "/requests", "card-1", json=body)
    assert asked.status_code == 202
    card = workspace.card(asked.json()["id"])
    assert NOTED not in str(card)

    ours = [p for p in workspace.folder.parent.rglob("*") if p.is_file() and "sandbox" not in p.parts]
    assert {p.name for p in ours} >= {"billing.db", "up.log"}
    for path in ours:
        kept = path.read_bytes()
        for number in (TYPED, HIDDEN, NOTED):
            spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
            assert number.encode() not in kept, path.name
            assert spaced.encode() not in kept, path.name


def test_a_number_in_the_subject_and_in_a_field_is_masked_within_seconds(workspace: Workspace) -> None:
    def sandbox(method: str, path: str, body: dict[str, Any]) -> Any:
        answer = requests.request(method, f"{workspace.zendesk}/_sandbox/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def ticket() -> dict[str, Any]:
        headers = {"Authorization": "Bearer sandbox-zendesk-token"}
        address = f"{workspace.zendesk}/api/v2/tickets/{number}.json"
        found: dict[str, Any] = requests.get(address, headers=headers, timeout=10).json()["ticket"]
        return found

    field = sandbox("POST", "fields", {"title": "Card on file"})["id"]
    number = sandbox(
        "POST", "tickets", {"requester_id": 2002, "subject": "About my order", "text": "Hello, see above."}
    )["id"]
    values = [{"id": field, "value": f"old one: {HIDDEN}"}]
    sandbox("PATCH", f"tickets/{number}", {"subject": f"Charge {TYPED} please", "custom_fields": values})
    sandbox("POST", "announce", {"ticket": number})
    clean = eventually(lambda: "*" in (t := ticket())["subject"] and t)
    assert TYPED not in str(clean)
    assert HIDDEN not in str(clean)
    said = eventually(lambda: (m := str(workspace.messages("security"))).count(f"#{number}") and m)
    assert "history" in said
