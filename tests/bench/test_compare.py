"""`make bench-compare REV`: the verdict, and the code of then beside today's bench."""

import argparse

import pytest

from bench import compare, one, verdicts
from bench.revision import git
from practice.processes import Problem


@pytest.mark.parametrize(
    ("then", "now", "so"),
    [
        ([100, 101, 102], [112, 113, 115], "worse"),
        ([100, 101, 102], [109, 110, 111], "about the same"),  # apart, and within 10 %
        ([112, 113, 115], [100, 101, 102], "better"),
        ([100, 101, 102], [101, 102, 103], "about the same"),
        ([100, 101, 130], [112, 125, 128], "cannot be told"),  # a turn of then lies among them
        ([90, 100, 110], [95, 101, 104], "cannot be told"),
        ([100, 130, 131], [140, 160, 200], "worse"),
    ],
)
def test_worse_is_beyond_ten_per_cent_and_no_turn_among_the_others(then, now, so):
    assert verdicts.verdict(then, now) == so


def operations(**of_each):
    return {
        label: {"cpu_ms": {"median": value, "least": value, "most": value}}
        for label, value in of_each.items()
    }


def test_only_what_both_sides_measured_is_compared():
    then = [operations(same=1.0, gone=1.0)] * 3
    now = [operations(same=2.0, new=1.0) | {"request GET": {"statements": 3}}] * 3
    assert [(row.label, row.ratio) for row in verdicts.compared(then, now)] == [("same", 2.0)]


def test_what_is_not_our_code_gets_no_verdict():
    then, now = ([{"floor, 8 at once": operations(it=value)["it"]}] * 3 for value in (1.0, 9.0))
    assert [row.verdict for row in verdicts.compared(then, now)] == [verdicts.NOT_OURS]
    assert compare.told({"submit": {"then": then, "now": now}}, "abc") == 0


def test_the_exit_code_says_that_something_got_worse(capsys):
    then, now = ([operations(page=value)] * 3 for value in (10.0, 12.0))
    assert compare.told({"today": {"then": then, "now": now}}, "abc") == 1
    assert capsys.readouterr().out == (
        "\ntoday: processor time of one, ms, abc → now\n"
        "  page: 10.00 (10.00 to 10.00) → 12.00 (12.00 to 12.00), 1.20 times: worse\n"
        "\n1 got worse by more than 10 %.\n"
    )


@pytest.mark.parametrize("rev", ["", "no-such-branch", "--help"])
def test_a_revision_that_is_none_is_said_in_a_sentence(rev, monkeypatch):
    with pytest.raises(Problem, match="make bench-compare REV="), compare.code_of(rev):
        pass


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "PLACE", tmp_path)
    return tmp_path


def test_the_code_of_then_lies_below_the_bench_of_today(place):
    with compare.code_of("HEAD") as there:
        assert (there / "practice").is_dir()
        ours, laid_over = (root / "bench" / "compare.py" for root in (compare.ROOT, there))
        assert laid_over.read_text() == ours.read_text()


def interrupted(rev):
    with compare.code_of(rev):
        raise KeyboardInterrupt


def test_the_code_of_then_goes_with_the_end_also_when_it_is_interrupted(place):
    with pytest.raises(KeyboardInterrupt):
        interrupted("HEAD")
    assert list(place.iterdir()) == []
    assert str(place) not in git("worktree", "list").stdout


def turns_of(measured, monkeypatch, tmp_path):
    def said(name, *words, root, log):
        log.write_text("No module named 'bench.today'\n")
        return measured("then" if root == tmp_path else "now")

    monkeypatch.setattr(one, "measured", said)
    asked = argparse.Namespace(rev="abc", turns=3)
    return compare.turns("today", tmp_path, asked, [])


def test_both_sides_take_turns_and_neither_is_always_the_first(monkeypatch, place):
    heard = []

    def measured(side):
        heard.append(side)
        return '{"operations": {}}'

    found = turns_of(measured, monkeypatch, place)
    assert heard == ["then", "now", "now", "then", "then", "now"]
    assert {side: len(done) for side, done in found.items()} == {"then": 3, "now": 3}


def test_what_was_not_there_then_is_left_out_and_said(monkeypatch, place, capsys):
    def measured(side):
        raise one.NoFigures("today ended without figures (exit code 1).")

    assert turns_of(measured, monkeypatch, place) is None
    assert "today cannot be measured at abc, and is left out: No module" in capsys.readouterr().err


def test_what_fails_now_is_no_reason_to_leave_it_out(monkeypatch, place):
    def measured(side):
        if side == "now":
            raise one.NoFigures("today ended without figures (exit code 1).")
        return '{"operations": {}}'

    with pytest.raises(Problem, match="as it is now"):
        turns_of(measured, monkeypatch, place)
