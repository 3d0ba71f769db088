"""docs/scaling.md from docs/figures/scale-out.json: ``python -m bench.scaling_page``.

Each number of the page is from that run, or reckoned from it; what is said around them is here.
"""

import json
import sys
from string import Template

from .judge import ROOT
from .scaling import (
    AVERAGE,
    LINES,
    MINUTE,
    PEAK,
    PLANNED,
    PROCESSES,
    PROCESSORS,
    REMINDERS,
    SUBMISSIONS,
    THREADS,
    reminders_by,
    row_by,
    submissions_by,
)

SWEEP_SECONDS = 5.0  # practice/settings/bell.py, where nothing else is said
FIGURES = ROOT / "docs" / "figures" / "scale-out.json"
PAGE = ROOT / "docs" / "scaling.md"
WORDS = ROOT / "bench" / "scaling.md.template"


def page(figures: dict) -> str:
    return Template(WORDS.read_text()).substitute(_about(figures) | _loads(figures))


def _about(figures: dict) -> dict[str, object]:
    machine, ready = figures["machine"], figures["by_practice"]
    commits = {name: each["median"] for name, each in figures["commits_a_second"].items()}
    reckoned = figures["arithmetic"]
    return {
        "machine": f"{machine['processors']} processors ({machine['model']}), "
        f"{machine['memory_gb']:.0f} GB, {machine['system']}",
        "rounds": figures["rounds"],
        "load_before": f"{machine['load_before']:.1f}",
        "load_after": f"{machine['load_after']:.1f}",
        "how": figures["shares"]["how"],
        "practices": figures["practices"],
        "measured": _measured(figures),
        "pooled": _pooled(figures),
        "commit_ms": reckoned["commit_ms"],
        "one_line": _number(commits[row_by(1)]),
        "most_lines": _number(max(rate for name, rate in commits.items() if "row" in name)),
        "trail_one": _number(commits["an event of the trail, one practice"]),
        "trail_all": _number(commits["an event of the trail, all practices"]),
        "planned": f"{PLANNED:.0%}",
        "processors": PROCESSORS,
        "threads": THREADS,
        "lines": LINES,
        "lines_out": _number(reckoned["lines_run_out_at"]),
        "reminders": f"{REMINDERS:,}",
        "average": SUBMISSIONS[AVERAGE],
        "peak": SUBMISSIONS[PEAK],
        "tables": ready["tables"],
        "tables_of_a_practice": ready["tables_of_a_practice"],
        "keys": _of(ready["primary_keys"]),
        "unique": _of(ready["unique"]),
        "foreign": _of(ready["foreign_keys_between"]),
    }


def _of(counted: dict[str, int]) -> str:
    return f"{counted['without_practice']} of {counted['all']}"


def _measured(figures: dict) -> str:
    head = (
        "| | a second | each, by one alone | of its share used | CPU of all, by one alone"
        " | web or worker, CPU-ms | PostgreSQL, CPU-ms | transactions that write | WAL, kB |"
    )
    labels = [of(count) for of in (submissions_by, reminders_by) for count in PROCESSES]
    pooled = submissions_by(2, pooled=True)
    if pooled in figures["operations"]:
        labels.insert(len(PROCESSES), pooled)
    lines = [_row(label, figures) for label in labels]
    return "\n".join([head, "|" + " --- |" * 9, *lines])


def _row(label: str, figures: dict) -> str:
    each, ratios = figures["operations"][label], figures["ratios"]
    by = each["cpu_ms_by"]
    rate = each["per_second"]
    cells = (
        label,
        f"{_number(rate['median'])} ({_number(rate['least'])} to {_number(rate['most'])})",
        _share(ratios.get(f"efficiency, {label}")),
        _share(ratios.get(f"of the share, {label}")),
        _share(ratios.get(f"CPU, {label}")),
        _number(by.get("web", by.get("worker"))),
        _number(by["postgres"]),
        _number(each["changes"]),
        _number(each["wal_octets"] / 1000),
    )
    return f"| {' | '.join(cells)} |"


def _pooled(figures: dict) -> str:
    label = submissions_by(2, pooled=True)
    if label not in figures["operations"]:
        return "PgBouncer was not installed where this was measured."
    each, lines = figures["operations"][label], figures["lines_to_the_database"]
    return (
        f"Through PgBouncer one costs {_number(each['cpu_ms_by']['pgbouncer'])} CPU-ms there, and"
        f" {figures['ratios']['CPU, through PgBouncer']:.2f} times as much in all;"
        f" {max(PROCESSES)} web processes held {lines[submissions_by(max(PROCESSES))]} lines to"
        f" PostgreSQL, and PgBouncer {lines[label]} for 2 of them."
    )


def _loads(figures: dict) -> dict[str, object]:
    reckoned = figures["arithmetic"]
    loads, one = reckoned["loads"], reckoned["one_database"]
    return {
        "loads": _table(loads),
        "carries_submissions": _number(min(one["submissions"].values())),
        "carries_by_processors": _number(one["submissions"]["by_processors"]),
        "carries_by_commits": _number(one["submissions"]["by_commits"]),
        "carries_reminders": _number(min(one["reminders"].values())),
        "reminders_by_processors": _number(one["reminders"]["by_processors"]),
        "reminders_by_commits": _number(one["reminders"]["by_commits"]),
        "peak_lines": loads[PEAK]["lines"],
        "peak_machines": loads[PEAK]["machines"],
        "peak_database": loads[PEAK]["database_processors"],
        "minute_database": loads[MINUTE]["database_processors"],
        "minute_processes": loads[MINUTE]["processes"],
        "minute_wal": loads[MINUTE]["wal_mb"],
        "sweep_seconds": f"{SWEEP_SECONDS:g}",
        "all_at_work": f"{loads[MINUTE]['processes'] * SWEEP_SECONDS:,.0f}",
        "all_soon": f"{loads[MINUTE]['processes'] * 0.2:,.0f}",
    }


def _table(loads: dict) -> str:
    names = {
        AVERAGE: f"{SUBMISSIONS[AVERAGE]} submissions a second",
        PEAK: f"{SUBMISSIONS[PEAK]} submissions a second",
        MINUTE: f"{REMINDERS:,} reminders in a minute",
    }
    rows = (
        ("a second", lambda load: _number(load["per_second"])),
        ("processors busy: web or workers", lambda load: _number(_served(load["processors"]))),
        ("processors busy: PostgreSQL", lambda load: _number(load["processors"]["postgres"])),
        ("processors busy: the broker", lambda load: _number(load["processors"]["valkey"])),
        ("web or worker processes", lambda load: str(load["processes"])),
        (f"machines of {PROCESSORS} processors for them", lambda load: str(load["machines"])),
        ("processors for PostgreSQL", lambda load: str(load["database_processors"])),
        ("lines to PostgreSQL without a pooler", lambda load: str(load["lines"])),
        ("transactions that write, a second", lambda load: _number(load["changes"])),
        ("WAL, MB a second", lambda load: _number(load["wal_mb"])),
    )
    head = f"| | {' | '.join(names[load] for load in loads)} |"
    lines = [
        f"| {what} | {' | '.join(told(load) for load in loads.values())} |" for what, told in rows
    ]
    return "\n".join([head, "|" + " --- |" * (len(loads) + 1), *lines])


def _served(busy: dict[str, float]) -> float:
    return busy.get("web", 0) + busy.get("worker", 0)


def _share(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _number(value: float) -> str:
    """Three places that say something: the others are noise."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def main() -> int:
    PAGE.write_text(page(json.loads(FIGURES.read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
