"""`sidebar-app redact`."""

import json

import pytest
from click.testing import CliRunner, Result

from sidebar_app.commands.redact import redact


def _run(given: bytes, *options: str) -> Result:
    return CliRunner().invoke(redact, list(options), input=given)


def test_text_comes_back_masked() -> None:
    result = _run(b"card 4242 4242 4242 4242 cvv 123\nbye\n")
    assert result.exit_code == 0
    assert result.stdout == "card **** **** **** 4242 cvv ***\nbye\n"


def test_bytes_that_are_no_utf8_pass_through() -> None:
    assert _run(b"\xff\xfe 4242424242424242 \xc3").stdout_bytes == b"\xff\xfe ************4242 \xc3"


def test_nothing_in_is_nothing_out() -> None:
    assert _run(b"").stdout_bytes == b""


def test_json_lines_are_answered_with_offsets_of_the_input() -> None:
    result = _run(json.dumps({"id": "a", "text": "é 4242 4242 4242 4242 12/27"}).encode() + b"\n", "--json")
    assert json.loads(result.stdout) == {
        "id": "a",
        "text": "é **** **** **** 4242 **/**",
        "findings": [{"start": 2, "end": 21, "brand": "visa", "last4": "4242"}],
    }
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("line", "known_id"),
    [
        (b"nope 4242424242424242", {}),
        (b'{"id":7}', {"id": 7}),
        (b'{"id":7,"text":4242424242424242}', {"id": 7}),
        (b'["4242424242424242"]', {}),
        (b'{"text":"x"}', {}),
        (b'{"id":1,"text":"\xff"}', {}),
        (b"[" * 100_000, {}),
    ],
)
def test_a_malformed_line_is_an_error_of_its_own_and_quotes_nothing(
    line: bytes, known_id: dict[str, object]
) -> None:
    result = _run(line + b'\n\n{"id":2,"text":"fine"}\n', "--json")
    first, second = map(json.loads, result.stdout.splitlines())
    assert result.exit_code == 1
    assert {key: first[key] for key in first if key != "error"} == known_id
    assert first["error"]
    assert "4242" not in first["error"]
    assert second == {"id": 2, "text": "fine", "findings": []}
