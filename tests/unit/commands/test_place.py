"""The folder of a preview."""

import stat
from pathlib import Path

import pytest

from sidebar_app.commands.supervise.place import InUse, NotOurs, Place


def test_only_one_instance_works_in_a_folder(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        place.write_environment({"BASE_URL": "http://127.0.0.1:8000"})
        with pytest.raises(InUse, match=r"127\.0\.0\.1:8000"), Place(tmp_path):
            pass
    with Place(tmp_path):
        pass


def test_starting_over_forgets_everything(tmp_path: Path) -> None:
    (tmp_path / "sandbox").mkdir()
    (tmp_path / "sandbox" / "stripe.db").write_text("x")
    (tmp_path / "billing.db").write_text("x")
    with Place(tmp_path) as place:
        old = place.secret("panel.secret")
        place.empty()
        assert [path.name for path in tmp_path.iterdir()] == [".lock"]
        assert place.secret("panel.secret") != old


def test_a_folder_with_other_things_is_not_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("x")
    with Place(tmp_path) as place, pytest.raises(NotOurs):
        place.empty()
    assert precious.exists()


def test_an_empty_folder_may_start_over(tmp_path: Path) -> None:
    with Place(tmp_path / "new") as place:
        place.empty()


def test_a_link_in_the_folder_is_removed_and_not_what_it_points_to(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    (outside / "kept").write_text("x")
    inside.mkdir()
    (inside / "billing.db").write_text("x")
    (inside / "link").symlink_to(outside)
    with Place(inside) as place:
        place.empty()
    assert (outside / "kept").exists()
    assert not (inside / "link").exists()


def test_a_secret_stays_the_same_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        secret = place.secret("panel.secret")
        assert place.secret("panel.secret") == secret
        assert len(secret) >= 48
    assert stat.S_IMODE((tmp_path / "panel.secret").stat().st_mode) == 0o600


def test_what_commands_need_to_know_is_written_for_the_owner_only(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        place.write_environment({"A": "1"})
        place.write_environment({"A": "2", "B": "x=y"})
    file = tmp_path / "run.env"
    assert file.read_text() == "A=2\nB=x=y\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
