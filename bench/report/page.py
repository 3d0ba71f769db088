"""The page: what was to be reached, each bench with its table, and what all have in common."""

import ast
from pathlib import Path

from bench import order

from . import targets, words
from .shown import flat, number, shown, table

BENCH = Path(__file__).resolve().parent.parent
COLUMNS = {
    "cpu_ms": "processor, ms",
    "cpu_parts": "of that",
    "p50_ms": "p50, ms",
    "p99_ms": "p99, ms",
    "per_second": "a second",
    "seconds": "seconds",
    "statements": "statements",
    "times": "times a visit",
    "octets": "octets",
    "peak_mb": "peak, MB",
}
KNOWN = {
    *("bench", "machine", "ran_at", "commit", "clean", "rounds"),
    *("protections", "operations", "ratios", "targets"),
}
TIMED = {"cpu_ms", "p50_ms", "per_second", "seconds"}


def text(lines: list[dict], remarks: dict[str, str]) -> str:
    parts = [words.HEAD, in_short(lines)]
    if any(line.get("targets") for line in lines):
        parts += [
            "## What was to be reached",
            targets.table_of(lines),
            _plot("targets", "How much of each goal was reached"),
        ]
    parts.append(words.METHOD)
    for line in lines:
        parts += section(line, remarks.get(line["bench"]))
    if lines:
        parts += [*protections(lines), *machines(lines)]
    parts.append(words.RUNNING)
    return "\n\n".join(part for part in parts if part) + "\n"


def in_short(lines: list[dict]) -> str:
    told = [told for line in lines if (told := words.for_a_practice(line))]
    return " ".join([targets.summary(lines), *told])


def section(line: dict, remark: str | None) -> list[str]:
    name, operations = line["bench"], line["operations"]
    title = order.title_of(name)
    timed = {label: each for label, each in operations.items() if _is_timed(each)}
    others = {label: each for label, each in operations.items() if label not in timed}
    found = [f"## {title}", _what(name), _rounds(line)]
    if timed:
        found += [_table_of(timed), _plot(name, f"{title}: processor time and waiting time")]
    if others:
        found.append(_table_of(others))
    if line.get("ratios"):
        rows = [(label, number(value)) for label, value in line["ratios"].items()]
        found.append(_folded("Ratios", table(("ratio", "found"), rows)))
    if own := order.own_page(name):
        found.append(f"What follows from it: [{own}.md]({own}.md).")
    if targets.missed(line):
        found += ["### Where the rest goes", remark or words.NOT_LOOKED_AT]
    return found


def _is_timed(operation: dict) -> bool:
    return any(operation.get(key) is not None for key in TIMED)


def _what(name: str) -> str:
    """What the module says of itself."""
    bench = order.BENCHES.get(name)
    source = BENCH / f"{bench.module if bench else name}.py"
    return (ast.get_docstring(ast.parse(source.read_text())) or "") if source.exists() else ""


def _rounds(line: dict) -> str:
    """And what else it was told, or made, of each."""
    told = {key: each for key, each in line.items() if key not in KNOWN | {"counts"}}
    plain = {key: each for key, each in told.items() if not isinstance(each, dict)}
    counts = "; ".join(
        f"{name.replace('_', ' ')} {shown(each)}"
        for name, each in (plain | line.get("counts", {})).items()
    )
    each = f", with: {counts}" if counts else ""
    return f"{shown(line.get('rounds'))} rounds{each}."


def _table_of(operations: dict[str, dict]) -> str:
    keys = [
        key for key in COLUMNS if any(each.get(key) is not None for each in operations.values())
    ]
    rows = [(label, *(shown(each.get(key)) for key in keys)) for label, each in operations.items()]
    return table(("operation", *(COLUMNS[key] for key in keys)), rows)


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{inside}\n\n</details>"


def _plot(name: str, alternative: str) -> str:
    return f"![{alternative}](images/performance-{name}.svg)"


def protections(lines: list[dict]) -> list[str]:
    """Each with what was read, and in which runs."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        for fact in flat(line.get("protections", {})):
            found.setdefault(fact, []).append(line["bench"])
    rows = [(what, value, _whose(benches, lines)) for (what, value), benches in found.items()]
    head = ("read from the running system", "found", "in")
    return ["## The protections that were on", words.PROTECTIONS, table(head, rows, words=3)]


def _whose(benches: list[str], lines: list[dict]) -> str:
    return "all" if len(benches) == len(lines) else ", ".join(benches)


def machines(lines: list[dict]) -> list[str]:
    rows = []
    for line in lines:
        machine = line["machine"]
        commit = _commit(line)
        load = f"{shown(machine.get('load_before'))} → {shown(machine.get('load_after'))}"
        rows.append((line["bench"], str(line.get("ran_at", "")), commit, load, _described(machine)))
    head = ("bench", "began (UTC)", "commit", "load before → after", "machine")
    return ["## The machine", words.MACHINE, table(head, rows, words=5)]


def _commit(line: dict) -> str:
    if not line.get("commit"):
        return "not known"
    changed = "" if line["clean"] else ", with changes that were not committed"
    return f"`{line['commit']}`{changed}"


def _described(machine: dict) -> str:
    return (
        f"{machine['processors']} processors ({machine['model']}), {machine['memory_gb']} GB,"
        f" {machine['system']}, Python {machine['python']}"
    )
