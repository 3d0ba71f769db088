"""How a figure is written down."""

from collections.abc import Iterable, Sequence

NONE = ""


def number(value: float) -> str:
    """Three figures: more are not known."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.001:
        return f"{value:.5f}"
    return f"{value:.3g}"


def shown(value: object) -> str:
    """A number, a spread as its middle and its ends, a yes or no, or words."""
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, dict) and "median" in value:
        middle, least, most = (number(value[key]) for key in ("median", "least", "most"))
        return middle if least == most else f"{middle} ({least}–{most})"  # noqa: RUF001
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    return str(value)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> str:
    """The first ``words`` columns are words, and stand at the left."""
    lines = [head, ["---" if at < words else "--:" for at in range(len(head))], *rows]
    return "\n".join(f"| {' | '.join(map(_in_a_cell, line))} |" for line in lines)


def _in_a_cell(text: str) -> str:
    return text.replace("|", r"\|").replace("\n", " ")


def flat(value: object, name: str = "") -> list[tuple[str, str]]:
    """Facts within facts, each with the whole way to it."""
    if not isinstance(value, dict):
        return [(name, shown(value))]
    return [
        found
        for key, each in value.items()
        for found in flat(each, f"{name}, {key}" if name else str(key))
    ]
