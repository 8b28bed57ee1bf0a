"""A customer attaches files; those with a card number are gone a moment later, and everybody concerned is told."""

import base64

import requests

from tests.fakes import files
from tests.journeys.conftest import Workspace, eventually

NUMBER = "4111111111111111"


def sends(workspace: Workspace, ticket: int, **named: bytes) -> None:
    attached = [
        {"file_name": name.replace("__", "."), "content_type": "", "base64": base64.b64encode(c).decode()}
        for name, c in named.items()
    ]
    said = {"ticket": ticket, "as": "customer", "text": "See the files", "attachments": attached}
    requests.post(f"{workspace.zendesk}/_sandbox/comments", json=said, timeout=10).raise_for_status()


def test_files_with_a_number_are_removed_and_the_others_stay(workspace: Workspace) -> None:
    book = files.xlsx({"Sheet1": files.row(1, files.cell("A1", NUMBER))})
    letter = files.pdf("Please charge my card", "4111 1111 1111 1111")
    sends(workspace, 1011, cards__xlsx=book, letter__pdf=letter, terms__txt=b"nothing in here")

    def names() -> list[str]:
        return [a["file_name"] for c in workspace.comments(1011) for a in c["attachments"]]

    eventually(lambda: names() == ["redacted.txt", "redacted.txt", "terms.txt"])
    notes = eventually(
        lambda: (n := [c["body"] for c in workspace.comments(1011) if not c["public"]]) and len(n) >= 2 and n
    )
    assert any("“cards.xlsx” was removed: it held a card number (Visa ···· 1111)" in note for note in notes)
    warnings = eventually(
        lambda: (m := workspace.messages("security")) and "the file was removed" in str(m) and m
    )
    assert "···· 1111" in str(warnings)

    ours = [p for p in workspace.folder.parent.rglob("*") if p.is_file() and "sandbox" not in p.parts]
    for path in ours:
        assert NUMBER.encode() not in path.read_bytes(), path.name
