import json
import os
import socket
import subprocess
import sys

import pytest

from practice.launch.place import BASE_DIR, Place
from practice.launch.restore import restore
from practice.launch.start import reset
from practice.launch.unchanged import Stamp
from practice.processes import Problem


@pytest.fixture
def place(tmp_path):
    return Place("demo", tmp_path, 8000)


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def launch(command, **env):
    return subprocess.run(
        [sys.executable, "-m", "practice.launch", command],
        env=os.environ | env,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_taken_port_gets_one_sentence(tmp_path, taken_port):
    ended = launch("demo", PORT=str(taken_port), DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.strip().splitlines() == [
        (
            f"Port {taken_port} is taken by another program: choose another, "
            f"as in `PORT={taken_port + 1} make demo`."
        )
    ]


def test_a_backup_without_its_keys_gets_one_sentence_and_no_new_keys(tmp_path):
    with pytest.raises(Problem, match=r"put keys\.json into .* first"):
        restore(Place("restore", tmp_path, 8000), str(tmp_path / "some.backup"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_gets_one_sentence(place):
    with place.alone():
        ended = launch("demo", DATA_DIR=str(place.data_dir))
    assert ended.returncode == 1
    assert ended.stderr.strip().splitlines() == [
        (
            f"{place.data_dir} is in use (by process {os.getpid()}): "
            "stop that one first, or choose another DATA_DIR."
        )
    ]


def test_a_demo_that_runs_is_not_reset(place):
    with place.alone():
        ended = launch("reset", DATA_DIR=str(place.data_dir))
    assert ended.returncode == 1
    assert "is in use" in ended.stderr


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_gets_one_sentence(port):
    ended = launch("demo", PORT=port)
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"PORT is {port!r}, and must be a number from 1 to 65535."


def test_the_end_of_the_last_use_is_remembered(place):
    with place.alone() as ended_badly:
        assert ended_badly is False
    (place.data_dir / "lock").write_text("4711")
    with place.alone() as ended_badly:
        assert ended_badly is True


def test_keys_are_made_once_and_for_us_only(place):
    keys = place.keys()
    assert sorted(keys) == ["FIELD_KEYS", "SECRET_KEY"]
    assert place.keys() == keys
    assert (place.data_dir / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_demo_and_a_real_practice_do_not_mix(place):
    Place("run", place.data_dir, 8000).keys()
    with pytest.raises(Problem, match="was made by `make run`"):
        place.keys()
    with pytest.raises(Problem, match="was made by `make run`"):
        reset(Place("reset", place.data_dir, 8000))
    assert (place.data_dir / "keys.json").exists()


def test_reset_removes_what_the_demo_made_and_nothing_else(place, capsys):
    place.keys()
    for name in ("mail", "log", "static", "mine"):
        (place.data_dir / name).mkdir()
    (place.data_dir / "demo.json").write_text(json.dumps({}))
    reset(Place("reset", place.data_dir, 8000))
    assert sorted(path.name for path in place.data_dir.iterdir()) == ["lock", "mine"]
    assert capsys.readouterr().out == f"Removed the demo in {place.data_dir}.\n"


def test_a_stamp_is_fresh_until_what_it_stands_for_changes(tmp_path, monkeypatch):
    monkeypatch.setattr("practice.launch.unchanged.BASE_DIR", tmp_path)
    source = tmp_path / "style.css"
    source.write_text("a {}")
    stamp = Stamp(tmp_path / "stamp", "*.css")
    assert not stamp.fresh
    stamp.press()
    assert Stamp(tmp_path / "stamp", "*.css").fresh
    source.write_text("a {} b {}")
    assert not Stamp(tmp_path / "stamp", "*.css").fresh
