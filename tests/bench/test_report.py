"""The page of figures: what it says of made-up lines, and that the one in docs/ is up to date."""

import json
import re

import pytest

from bench import report
from bench.report import page, shown, targets

MACHINE = {
    "processors": 4,
    "model": "Made up",
    "memory_gb": 8.0,
    "system": "Linux 6",
    "python": "3.11.1",
    "load_before": 0.1,
    "load_after": 2,
}


def line_of(bench="submit", **more):
    line = {
        "bench": bench,
        "machine": MACHINE,
        "ran_at": "2026-11-29T08:00+00:00",
        "commit": "abc1234",
        "clean": True,
        "rounds": 5,
        "protections": {"postgres": {"fsync": "on"}, "audit_chained": True},
        "operations": {
            "trellis, 8 at once": {
                "cpu_ms": {"median": 20.5, "least": 19, "most": 24.25},
                "per_second": {"median": 80, "least": 80, "most": 80},
                "p50_ms": 90.1,
                "p99_ms": 200,
            },
            "request GET whole": {"statements": 7},
        },
    }
    return line | more


def target_of(value, at_least=10, goal=20, **more):
    words = {"name": "Against somebody", "unit": "times", "less_is_better": False}
    return words | {"value": value, "at_least": at_least, "goal": goal} | more


def rows_of(text, heading):
    """The cells of the first table below a heading."""
    lines = text.split(f"{heading}\n", 1)[1].split("\n## ", 1)[0].splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


@pytest.mark.parametrize(
    ("value", "less_is_better", "so"),
    [
        (20, False, "**the goal is reached**"),
        (19.9, False, "at least is reached, the goal missed by 1 %"),
        (10, False, "at least is reached, the goal missed by 50 %"),
        (2.5, False, "**falls short** by 75 %"),
    ],
)
def test_a_target_is_reached_or_says_by_how_much_it_is_missed(value, less_is_better, so):
    assert targets.in_words(target_of(value, less_is_better=less_is_better)) == so


@pytest.mark.parametrize(
    ("value", "so"),
    [
        (6, "**the goal is reached**"),
        (9, "at least is reached, the goal missed by 50 %"),
        (19, "**falls short** by 90 %"),
    ],
)
def test_where_less_is_better_the_bounds_are_the_most(value, so):
    assert targets.in_words(target_of(value, 10, 6, less_is_better=True)) == so


def test_the_table_of_targets_has_a_row_for_each_and_leads_to_its_bench():
    line = line_of(targets=[target_of(12), target_of(5, 10, 6, less_is_better=True, unit="")])
    assert rows_of(page.text([line], {}), "## What was to be reached")[2:] == [
        [
            "[Answering a screener](#answering-a-screener)",
            "Against somebody",
            "12 times",
            "≥ 10 times",
            "≥ 20 times",
            "at least is reached, the goal missed by 40 %",
        ],
        [
            "[Answering a screener](#answering-a-screener)",
            "Against somebody",
            "5",
            "≤ 10",
            "≤ 6",
            "**the goal is reached**",
        ],
    ]


def test_a_bound_in_words_is_shown_and_binds_nothing():
    target = target_of(7, "constant in clients", 5, less_is_better=True, unit="")
    assert targets.in_words(target) == "at least is reached, the goal missed by 40 %"
    assert "constant in clients" in targets.table_of([line_of(targets=[target])])


def test_operations_stand_in_a_table_with_only_the_columns_that_they_have():
    rows = rows_of(page.text([line_of()], {}), "## Answering a screener")
    assert rows == [
        ["operation", "processor, ms", "p50, ms", "p99, ms", "a second"],
        ["---", "--:", "--:", "--:", "--:"],
        ["trellis, 8 at once", "20.5 (19–24.2)", "90.1", "200", "80"],  # noqa: RUF001
        ["operation", "statements"],
        ["---", "--:"],
        ["request GET whole", "7"],
    ]


def test_what_was_measured_and_how_is_what_the_bench_says_of_itself():
    assert "opened, answered and sent by somebody who is signed in" in page.text([line_of()], {})


def test_where_the_rest_goes_is_told_only_for_a_goal_that_was_missed():
    remarks = {"submit": "Half of it is PostgreSQL."}
    heading = "### Where the rest goes\n\n"
    missed, reached = (line_of(targets=[target_of(value)]) for value in (19, 20))
    assert heading + remarks["submit"] in page.text([missed], remarks)
    assert heading + "Nobody has written down a profile" in page.text([missed], {})
    assert heading not in page.text([reached], remarks)


def test_a_protection_says_in_which_runs_it_was_found():
    other = line_of("today", protections={"postgres": {"fsync": "off"}, "audit_chained": True})
    found = page.text([line_of(), other], {})
    assert rows_of(found, "## The protections that were on")[2:] == [
        ["postgres, fsync", "on", "submit"],
        ["audit_chained", "yes", "all"],
        ["postgres, fsync", "off", "today"],
    ]


def test_each_run_names_its_commit_and_whether_the_files_were_those():
    found = page.text([line_of(), line_of("today", clean=False)], {})
    commits = [row[2] for row in rows_of(found, "## The machine")[2:]]
    assert commits == ["`abc1234`", "`abc1234`, with changes that were not committed"]


def test_a_practice_owner_reads_what_one_machine_does():
    assert (
        "A machine with 4 processors takes 80 whole screeners a second from eight people at once."
        in page.text([line_of()], {})
    )


def test_without_figures_the_page_still_says_how_to_make_them():
    text = page.text([], {})
    assert "No target was measured yet." in text
    assert "make bench" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (12345.6, "12,346"),
        (123.4, "123"),
        (1.0, "1"),
        (0.0001, "0.00010"),
        (True, "yes"),
        (None, ""),
        ([1, 2000], "1, 2,000"),
        ({"web": 1.25, "postgres": 0}, "web 1.25, postgres 0"),
        ({"median": 2, "least": 2, "most": 2}, "2"),
    ],
)
def test_figures_have_three_places(value, written):
    assert shown.shown(value) == written


def test_the_lines_stand_in_the_order_of_the_page(tmp_path):
    for name in ("reminders", "submit", "another", "scale-out", "today"):
        (tmp_path / f"{name}.json").write_text(json.dumps(line_of(name)))
    (tmp_path / "doors.json").write_text(json.dumps({"bench": "doors", "pairs": 400}))
    found = [line["bench"] for line in report.read(tmp_path)]
    assert found == ["submit", "today", "reminders", "scale-out", "another"]


def test_the_page_is_what_the_figures_say():
    """After `make bench`, or `make bench-report`, it is."""
    assert report.PAGE.read_text() == report.rendered(report.FIGURES)


def test_the_page_shows_the_plots_that_are_there():
    named = set(re.findall(r"images/(performance-[\w-]+\.svg)", report.PAGE.read_text()))
    assert named == {path.name for path in report.IMAGES.glob("performance-*.svg")}
