"""What somebody who runs a back-scan sees."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from sidebar_app.commands import backscan_progress
from sidebar_app.commands.backscan import backscan
from sidebar_app.domain.backscan import BackScan, Progress

RUN = BackScan("scan_1", datetime(2024, 1, 1, tzinfo=UTC), None, False, 4, datetime(2026, 3, 1, tzinfo=UTC))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "--since DATE"),
        (["--since", "2024-01-01", "--resume"], "--since DATE"),
        (["--resume", "--dry-run"], "--since DATE"),
        (["--since", f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}"], "in the past"),
        (["--since", "yesterday"], "does not match"),
        (["--since", "2024-01-01", "--workers", "0"], "range"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_starts(arguments: list[str], sentence: str) -> None:
    answer = CliRunner().invoke(backscan, arguments)
    assert answer.exit_code == 2
    assert sentence in answer.output


def test_rate_and_time_left_come_from_what_was_done_since_the_start() -> None:
    now = 0.0
    pace = backscan_progress.Pace(lambda: now)
    pace.measure(Progress(listed=1000, scanned=400))
    now = 10.0
    progress = Progress(listed=1000, scanned=450, not_scanned=0, found=7)
    pace.measure(progress)
    assert pace.words(RUN, progress) == "5.0 tickets/s, 2 min left, still listing, 7 found"
    assert pace.standing_seconds == 0
    now = 45.0
    pace.measure(progress)
    assert pace.standing_seconds == 35


def test_away_from_a_terminal_there_are_plain_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with backscan_progress.watching() as show:
        for done in range(5):
            show(RUN, Progress(listed=10, scanned=done))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1  # one in ten seconds
    assert lines[0].startswith("0 of 10 tickets, 0.0 tickets/s")


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    with backscan_progress.watching() as show:
        for done in range(11):
            show(RUN, Progress(listed=10, scanned=done, found=3))
    shown = terminal.getvalue()
    assert "10/10" in shown
    assert "3 found" in shown


def test_who_forgot_the_worker_is_told_so_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(backscan_progress, "_NOBODY_WORKS_SECONDS", -1.0)
    with backscan_progress.watching() as show:
        for _ in range(3):
            show(RUN, Progress(listed=10, handed_out=4, waiting=6))
    assert capsys.readouterr().err.count("Is a worker running") == 1
