"""`make bench`: what is chosen, and what becomes of one that fails."""

import json

import pytest

from bench import every, one, order, report
from practice.processes import Problem


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(report, "write", lambda: None)
    return tmp_path / "figures"


def line_of(name):
    return json.dumps({"bench": name, "operations": {}})


def test_all_run_that_do_not_take_long_in_the_order_of_the_page(monkeypatch):
    monkeypatch.setattr(order, "there", lambda: list(order.BENCHES))
    all_of_them = ["submit", "pages", "statistics", "reminders", "demo", "scale-out"]
    assert order.chosen([]) == all_of_them
    assert order.chosen(["suite", "today"]) == ["today", "suite"]


def test_the_whole_takes_the_place_of_its_parts(kept, monkeypatch):
    monkeypatch.setattr(one, "measured", lambda name, *words: line_of(name))
    monkeypatch.setattr(order, "there", lambda: list(order.BENCHES))
    assert every.main(["--only", "today submit"]) == 0
    assert every.main(["--only", "pages"]) == 0
    assert {path.stem for path in kept.iterdir()} == {"pages", "submit"}


def test_a_name_that_is_none_is_refused_before_anything_runs():
    with pytest.raises(Problem, match="No bench is called sumbit"):
        order.chosen(["submit", "sumbit"])


def test_one_that_fails_takes_nothing_from_the_others(kept, monkeypatch, capsys):
    def measured(name, *words):
        if name == "submit":
            raise one.NoFigures("submit ended without figures (exit code 1).")
        return line_of(name)

    monkeypatch.setattr(one, "measured", measured)
    kept.mkdir()
    (kept / "submit.json").write_text("of another day")
    assert every.main(["--only", "submit reminders"]) == 1
    assert (kept / "submit.json").read_text() == "of another day"
    assert json.loads((kept / "reminders.json").read_text()) == json.loads(line_of("reminders"))
    assert "Failed, so that their former figures stand: submit" in capsys.readouterr().err


def test_words_go_to_the_bench(kept, monkeypatch):
    heard = []

    def measured(name, *words):
        heard.append((name, *words))
        return line_of(name)

    monkeypatch.setattr(one, "measured", measured)
    assert every.main(["--only", "submit", "--rounds", "2", "--skip-peer"]) == 0
    assert heard == [("submit", "--rounds", "2", "--skip-peer")]


def test_what_ends_badly_has_no_figures(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(one.NoFigures, match="exit code 2"):
        one.measured("nothing-like-it", log=log)
    assert "Usage" in log.read_text()


@pytest.mark.parametrize("line", ["", "{", "[]", '{"bench": "today"}', '"bench"'])
def test_only_a_line_of_that_bench_is_kept(line):
    assert not one._is_a_line_of("submit", line)
