"""What was to be reached, and what was."""

from bench.order import title_of

from .shown import number, shown, table

HEAD = ("measured", "what", "found", "at least", "the goal", "so")
GOAL, ENOUGH, SHORT = "the goal is reached", "at least is reached", "falls short"


def verdict(target: dict) -> str:
    if _holds(target, "goal"):
        return GOAL
    return ENOUGH if _holds(target, "at_least") else SHORT


def _holds(target: dict, bound: str) -> bool:
    """A bound in words binds nothing here: the line says in its name how it is kept."""
    limit = target[bound]
    if not isinstance(limit, int | float):
        return bound == "at_least"
    value = target["value"]
    return value <= limit if target["less_is_better"] else value >= limit


def missed(line: dict) -> bool:
    return any(verdict(target) != GOAL for target in line.get("targets", ()))


def in_words(target: dict) -> str:
    """With how much is missing of what was not reached."""
    so = verdict(target)
    if so == GOAL:
        return f"**{GOAL}**"
    if so == ENOUGH:
        return f"{ENOUGH}, the goal missed by {_missing(target, target['goal'])}"
    return f"**{SHORT}** by {_missing(target, target['at_least'])}"


def _missing(target: dict, limit: float) -> str:
    """In hundredths of the limit; never none of what is missing."""
    missing = abs(target["value"] / limit - 1)
    return f"{max(1, round(100 * missing))} %"


def table_of(lines: list[dict]) -> str:
    rows = []
    for line in lines:
        title = title_of(line["bench"])
        for target in line.get("targets", ()):
            sign = "≤" if target["less_is_better"] else "≥"
            bounds = [
                f"{sign} {_with_unit(target, target[bound])}"
                if isinstance(target[bound], int | float)
                else shown(target[bound])
                for bound in ("at_least", "goal")
            ]
            link = f"[{title}](#{anchor(title)})"
            found = _with_unit(target, target["value"])
            rows.append((link, target["name"], found, *bounds, in_words(target)))
    return table(HEAD, rows, words=2)


def _with_unit(target: dict, value: float) -> str:
    return f"{number(value)} {target.get('unit') or ''}".strip()


def anchor(title: str) -> str:
    """As GitHub makes it of a heading."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return kept.replace(" ", "-")


def summary(lines: list[dict]) -> str:
    found = [verdict(target) for line in lines for target in line.get("targets", ())]
    if not found:
        return "No target was measured yet."
    counts = {each: found.count(each) for each in (GOAL, ENOUGH, SHORT)}
    return (
        f"Of {len(found)} targets, {counts[GOAL]} reached the goal, {counts[ENOUGH]} what was asked"
        f" at least, and {counts[SHORT]} fall short."
    )
