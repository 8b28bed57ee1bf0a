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


def test_line_ends_byte_order_mark_and_control_characters_stay_byte_for_byte() -> None:
    given = b"\xef\xbb\xbf4242424242424242\r\n\x00\x0b\xe2\x80\xa8\r4242-4242-4242-4242"
    masked = b"\xef\xbb\xbf************4242\r\n\x00\x0b\xe2\x80\xa8\r****-****-****-4242"
    assert _run(given).stdout_bytes == masked


def test_a_line_of_megabytes_is_masked_all_the_same() -> None:
    given = b"x" * 1_500_000 + b" 4242 4242 4242 4242 " + b"1" * 500_000 + b" 5555555555554444"
    masked = given.replace(b"4242 4242 4242 4242", b"**** **** **** 4242")
    assert _run(given).stdout_bytes == masked.replace(b"5555555555554444", b"************4444")


def test_halves_of_surrogate_pairs_and_escapes_come_back_as_they_came() -> None:
    given = rb'{"id":"\ud83d","text":"\udc00\u00004242\u00a04242\u00a04242\u00a04242\ud83d\ude00"}'
    answer = json.loads(_run(given, "--json").stdout)
    assert answer["id"] == "\ud83d"
    assert answer["text"] == "\udc00\x00****\u00a0****\u00a0****\u00a04242\U0001f600"
    assert [(each["start"], each["end"]) for each in answer["findings"]] == [(2, 21)]


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
        (b'{"id":NaN,"text":"x"}', {}),
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
