"""From what one submission and one reminder cost to what very many of them need.

Only arithmetic: what goes in was measured (``bench.scale_out``), what comes out was not.
"""

import math

PROCESSES = (1, 2, 4)
AVERAGE, PEAK, MINUTE = "on average", "at peak", "in one minute"
SUBMISSIONS = {AVERAGE: 130, PEAK: 650}  # a second
REMINDERS = 440_000  # that are all due in the same minute
PLANNED = 0.6  # of a processor: a queue that is fuller than this grows long in a busy second
PROCESSORS = 16  # of a machine
THREADS = 4  # of a web process, each with a line to the database
LINES = 100  # that PostgreSQL takes as it comes


def submissions_by(processes: int, *, pooled: bool = False) -> str:
    how = " through PgBouncer" if pooled else ""
    return f"submit, {processes} web process{'' if processes == 1 else 'es'}{how}"


def reminders_by(processes: int) -> str:
    return f"reminders, {processes} worker process{'' if processes == 1 else 'es'}"


def row_by(lines: int) -> str:
    return f"one row, {lines} line{'' if lines == 1 else 's'}"


def arithmetic(operations: dict, commits_a_second: dict) -> dict[str, object]:
    """For a database that commits as quickly and as often as was measured."""
    submitted = operations[submissions_by(max(PROCESSES))]
    reminded = operations[reminders_by(max(PROCESSES))]
    commit_ms = 1000 / commits_a_second[row_by(1)]["median"]
    loads = {name: submitting(submitted, rate) for name, rate in SUBMISSIONS.items()}
    loads[MINUTE] = reminding(reminded, REMINDERS / 60, commit_ms)
    most = max(tries["median"] for name, tries in commits_a_second.items() if "row" in name)
    return {
        "planned": PLANNED,
        "processors": PROCESSORS,
        "commit_ms": round(commit_ms, 2),
        "loads": loads,
        "one_database": {
            "submissions": one_database(submitted, most),
            "reminders": one_database(reminded, most),
        },
        "lines_run_out_at": round(LINES / THREADS * PLANNED * 1000 / submitted["cpu_ms_by"]["web"]),
    }


def submitting(each: dict, rate: float) -> dict[str, object]:
    """A web process has one processor's work at most, whatever its threads wait for."""
    processes = math.ceil(rate * each["cpu_ms_by"]["web"] / 1000 / PLANNED)
    return _need(each, rate, processes, lines=processes * THREADS)


def reminding(each: dict, rate: float, commit_ms: float) -> dict[str, object]:
    """A worker process does one thing after the other: its own work, what it asks of the database,
    and the wait until it is on the disk."""
    by = each["cpu_ms_by"]
    one = max(by["worker"] / PLANNED, by["worker"] + by["postgres"] + each["changes"] * commit_ms)
    processes = math.ceil(rate * one / 1000)
    return _need(each, rate, processes, lines=processes)


def _need(each: dict, rate: float, processes: int, *, lines: int) -> dict[str, object]:
    """``processors`` are busy; machines and the database's processors have room to spare."""
    by = each["cpu_ms_by"]
    busy = {name: round(rate * ms / 1000, 2) for name, ms in by.items()}
    served = busy.get("web", 0) + busy.get("worker", 0)
    return {
        "per_second": round(rate, 1),
        "processors": busy,
        "processes": processes,
        "machines": math.ceil(served / PLANNED / PROCESSORS),
        "database_processors": math.ceil(busy["postgres"] / PLANNED),
        "lines": lines,
        "changes": round(rate * each["changes"]),
        "wal_mb": round(rate * each["wal_octets"] / 1e6, 1),
    }


def one_database(each: dict, commits: float) -> dict[str, int]:
    """How many a second a machine of its own carries, by its processors and by its commits."""
    return {
        "by_processors": round(PROCESSORS * PLANNED * 1000 / each["cpu_ms_by"]["postgres"]),
        "by_commits": round(commits / each["changes"]),
    }
