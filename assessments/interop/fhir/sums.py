"""What of a FHIR Questionnaire can be added up: only what the file itself weighs."""

from __future__ import annotations

import re

from assessments.interop.reading import Sum
from assessments.interop.words import code_of, line, short

from .found import Found

LONGEST_TITLE = 60
_WEIGHS = re.compile(r"\b(?:weight|ordinal)\b|ordinalValue|itemWeight", re.IGNORECASE)


def add_sums(found: Found) -> None:
    gathering = found.gathering
    names = [name for name in found.weighed if name in gathering.by_name]
    if found.spoilt or len(names) < len(found.weighed):
        gathering.note("", "Not all of its weights can be used, so it stays unscored.")
    elif not names:
        gathering.scoring.append("There are no weights in the file: it stays unscored.")
        _unresolved(found)
    else:
        if n := found.weighing_nothing:
            gathering.scoring.append(f"{n} of the questions with answers to choose weigh nothing.")
        for top, of_top in _by_group(found, names).items():
            _add(found, of_top, top)


def _unresolved(found: Found) -> None:
    missing = sorted(found.unresolved - set(found.lists.systems))
    computes = any(_WEIGHS.search(each.says) for each in found.gathering.expressions)
    if computes:
        found.gathering.note("", "It computes with weights that are not in this file.")
    if missing:
        systems = ", ".join(short(each) for each in missing[:3])
        found.gathering.note(
            "", f"Weights that stand in {systems} cannot be resolved: that is not in this file."
        )


def _by_group(found: Found, names: list[str]) -> dict[str | None, list[str]]:
    """One sum, or one for each group of the first level that has a total of its own."""
    groups: dict[str | None, list[str]] = {}
    for name in names:
        groups.setdefault(found.weighed[name], []).append(name)
    has_totals = sorted(found.tops_of_totals.values()) == sorted(map(str, groups))
    return groups if len(groups) > 1 and has_totals else {None: names}


def _add(found: Found, names: list[str], top: str | None) -> None:
    gathering = found.gathering
    totals = [name for name, at in found.tops_of_totals.items() if top is None or at == top]
    title = line(found.titles.get(top, "")) if top else ""
    because = f"The file gives a weight to each answer of {len(names)} questions."
    gathering.sums.append(
        Sum(
            code=code_of("sum", {each.code for each in gathering.sums}),
            title=short(title, LONGEST_TITLE) or "Sum",
            items=tuple(gathering.by_name[name].id for name in names),
            because=because,
            loinc=found.totals[totals[0]] if len(totals) == 1 else "",
        )
    )
    gathering.scoring.append(because)
