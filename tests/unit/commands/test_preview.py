"""What a preview tells its processes."""

import os
import signal
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis

from sidebar_app.commands.supervise import ports, preview, valkey
from sidebar_app.commands.supervise.fleet import Fleet
from sidebar_app.commands.supervise.orphans import die_with_parent
from sidebar_app.commands.supervise.ready import NotReady, answers, listens, wait_until
from sidebar_app.settings import Settings

PORTS = preview.Ports(8000, 8001, 8002, 8003, 8004, 8005)


def _settings(tmp_path: Path, **environ: str) -> dict[str, str]:
    return preview.settings(
        environ, ports=PORTS, folder=tmp_path, redis_url="unix:///x.sock", panel_secret="s" * 64
    )


def test_the_service_accepts_the_settings_of_a_preview(tmp_path: Path) -> None:
    settings = Settings.from_env(_settings(tmp_path))
    assert settings.preview
    assert settings.preview.helpdesk == settings.zendesk.base_url == "http://127.0.0.1:8001"
    assert settings.sandboxes == PORTS.pages
    assert settings.database_url == f"sqlite:///{tmp_path}/billing.db"


def test_a_preview_that_others_could_reach_is_refused(tmp_path: Path) -> None:
    from sidebar_app.settings import SettingsFaults

    with pytest.raises(SettingsFaults) as caught:
        Settings.from_env(_settings(tmp_path) | {"BASE_URL": "https://billing.example"})
    assert "STRIPE_API_KEY is a sandbox credential" in str(caught.value)


def test_a_live_key_in_the_caller_s_shell_never_reaches_a_preview(tmp_path: Path) -> None:
    shell = {
        "STRIPE_API_KEY": "sk_live_1",
        "SLACK_BOT_TOKEN_FILE": "/x",
        "SMTP_URL": "smtps://real",
        "PATH": "/bin",
    }
    assert preview.inherited(shell) == {"PATH": "/bin"}
    assert _settings(tmp_path, **shell)["STRIPE_API_KEY"] == "sk_test_sandbox"


def test_the_caller_chooses_the_database(tmp_path: Path) -> None:
    url = "postgresql://localhost/billing"
    assert _settings(tmp_path, DATABASE_URL=url)["DATABASE_URL"] == url


def test_the_ports_are_read_back_from_the_settings(tmp_path: Path) -> None:
    chosen = preview.Ports(9000, 9003, 9001, 9007, 9010, 9011)
    told = preview.settings({}, ports=chosen, folder=tmp_path, redis_url="", panel_secret="")
    assert preview.ports_of(told) == chosen
    assert preview.ports_of({}) == PORTS


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        assert port not in ports.next_free(3, after=port - 1)


def test_there_are_no_ports_beyond_the_last() -> None:
    with pytest.raises(ports.NoPort, match="after 65535"):
        ports.next_free(1, after=65_535)


def test_waiting_ends_with_a_sentence_when_it_takes_too_long() -> None:
    with pytest.raises(NotReady, match="The thing did not get ready within 0 s"):
        wait_until("The thing", lambda: False, seconds=0, meanwhile=lambda: None)


def test_nobody_answers_on_a_free_port(tmp_path: Path) -> None:
    assert not answers(ports.next_free(1, after=20_000)[0], "/")
    assert not listens(tmp_path / "none.sock")


def test_a_long_folder_name_does_not_keep_valkey_from_its_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    path = valkey.socket_path(deep)
    assert len(os.fsencode(path)) < 104
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.rmdir()


def test_what_was_queued_survives_a_killed_valkey() -> None:
    folder = Path(tempfile.mkdtemp(prefix="valkey-"))
    path = valkey.socket_path(folder)
    command = valkey.command(valkey.executable(), folder=folder, socket=path)

    def run_and(end: signal.Signals, write: str | None) -> bytes | None:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent()) as server:
            wait_until("valkey", lambda: listens(path), seconds=10, meanwhile=lambda: None)
            with Redis.from_url(valkey.url(path)) as client:
                if write:
                    client.set("k", write)
                found: bytes | None = client.get("k")
            server.send_signal(end)
        return found

    run_and(signal.SIGKILL, "kept")
    assert run_and(signal.SIGTERM, None) == b"kept"


def test_all_sandboxes_serve_and_are_gone_afterwards(tmp_path: Path) -> None:
    chosen = preview.Ports(8000, *ports.next_free(5, after=21_000))
    with ExitStack() as stack:
        Fleet(chosen, tmp_path).start(stack)
        for port in chosen.servers.values():
            assert answers(port, "/_sandbox/faults")
        with socket.create_connection(("127.0.0.1", chosen.smtp), timeout=5) as smtp:
            assert smtp.recv(3) == b"220"
    assert all(ports.is_free(port) for port in chosen.servers.values())
