"""The page about many machines: its numbers are those of the run, and the arithmetic is right."""

import json

import pytest
from django.conf import settings
from django.db import connection

from bench import scaling, scaling_page, tenancy
from tests.practice.test_walls import OF_NO_PRACTICE, TENANTS

SUBMITTED = {
    "cpu_ms_by": {"web": 60.0, "postgres": 12.0, "valkey": 0.1},
    "changes": 3.0,
    "wal_octets": 20_000,
}
REMINDED = {
    "cpu_ms_by": {"worker": 1.5, "postgres": 0.6, "valkey": 0.01},
    "changes": 1.0,
    "wal_octets": 4_000,
}


def reckoned(*, one_line):
    operations = {
        scaling.submissions_by(4): SUBMITTED,
        scaling.reminders_by(4): REMINDED,
    }
    commits = {
        scaling.row_by(1): {"median": one_line},
        scaling.row_by(32): {"median": 6_000.0},
        "an event of the trail, all practices": {"median": 9_000.0},
    }
    return scaling.arithmetic(operations, commits)


def test_the_page_is_what_the_figures_come_to():
    figures = json.loads(scaling_page.FIGURES.read_text())
    assert scaling_page.PAGE.read_text() == scaling_page.page(figures), (
        "python -m bench.scaling_page writes it anew"
    )
    again = scaling.arithmetic(figures["operations"], figures["commits_a_second"])
    assert again == figures["arithmetic"]


def test_submissions_on_average_and_at_peak():
    loads = reckoned(one_line=1_000.0)["loads"]
    assert loads[scaling.AVERAGE] == {
        "per_second": 130,
        "processors": {"web": 7.8, "postgres": 1.56, "valkey": 0.01},
        "processes": 13,  # 7.8 / 0.6
        "machines": 1,
        "database_processors": 3,  # 1.56 / 0.6
        "lines": 52,
        "changes": 390,
        "wal_mb": 2.6,
    }
    assert loads[scaling.PEAK]["processes"] == 65
    assert loads[scaling.PEAK]["machines"] == 5  # 39 / 0.6 / 16


@pytest.mark.parametrize(
    ("one_line", "processes"),
    [
        (10_000.0, 19),  # 2.5 ms at 60 % of a processor; the commit is quicker than that
        (500.0, 31),  # 1.5 + 0.6 + 2.0 ms: it waits for the disk
    ],
)
def test_reminders_of_one_minute_wait_for_the_disk(one_line, processes):
    load = reckoned(one_line=one_line)["loads"][scaling.MINUTE]
    assert load["processes"] == load["lines"] == processes
    assert load["machines"] == 2


def test_what_one_database_carries():
    assert reckoned(one_line=1_000.0)["one_database"] == {
        "submissions": {"by_processors": 800, "by_commits": 2_000},
        "reminders": {"by_processors": 16_000, "by_commits": 6_000},
    }


def test_a_ring_is_as_often_as_the_page_says():
    assert scaling_page.SWEEP_SECONDS == settings.SWEEP_SECONDS


def test_what_the_tables_lack_to_be_shared_out(db):
    with connection.cursor() as cursor:
        ready = tenancy.readiness(cursor.connection)
    assert set(ready["tables_of_none"]) == set(OF_NO_PRACTICE) | {"practice_practice"}
    assert ready["tables_of_a_practice"] == len(TENANTS) - 1  # a practice's own row is its own
    assert ready["primary_keys"]["all"] == ready["tables_of_a_practice"]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE practice_membership ADD UNIQUE (practice_id, id)")
        after = tenancy.readiness(cursor.connection)
    assert after["unique"] == {
        "all": ready["unique"]["all"] + 1,
        "without_practice": ready["unique"]["without_practice"],
    }
