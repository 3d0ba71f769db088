"""The operations of one bench, a row each: processor time, and how long somebody waited."""

import look
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

FAR_APART = 20  # beyond that, on a scale of powers of ten
ROOM = 1.25  # beside the longest bar, for its figure
SPREADS = {
    "cpu_ms": "Processor, ms (less is better)",
    "seconds": "Seconds (less is better)",
    "per_second": "A second (more is better)",
}
WAITING = "Waited: p50 ● to p99 ○, ms"


def drawn(operations: dict[str, dict]) -> Figure | None:
    operations = {  # what was not measured may be missing, or be null
        label: {key: value for key, value in each.items() if value is not None}
        for label, each in operations.items()
    }
    panels = _panels(operations)
    rows = {label: each for label, each in operations.items() if any(key in each for key in panels)}
    if not rows:
        return None
    drawing, all_axes = look.sheet(len(rows), len(panels))
    inks = _inks(list(rows))
    for key, axes in zip(panels, all_axes, strict=True):
        if key == "p50_ms":
            _waiting(axes, list(rows.values()), inks)
        else:
            _bars(axes, key, list(rows.values()), inks)
    look.name_rows(all_axes[0], list(rows))
    return drawing


def _panels(operations: dict[str, dict]) -> list[str]:
    """Two at most: what it cost, and what somebody felt of it."""
    wanted = ("cpu_ms", "p50_ms", "seconds", "per_second")
    return [key for key in wanted if any(key in each for each in operations.values())][:2]


def _inks(labels: list[str]) -> list[str]:
    """One for all whose labels begin alike."""
    series: dict[str, str] = {}
    for label in labels:
        first = label.partition(", ")[0]
        series.setdefault(first, look.SERIES[len(series) % len(look.SERIES)])
    return [series[label.partition(", ")[0]] for label in labels]


def _bars(axes: Axes, key: str, rows: list[dict], inks: list[str]) -> None:
    axes.set_title(SPREADS[key])
    there = [(at, _spread(each[key])) for at, each in enumerate(rows) if key in each]
    is_far = _scale(axes, [each[0] for _at, each in there], [each[2] for _at, each in there])
    for at, (middle, least, most) in there:
        if is_far:  # a scale of powers has no zero for a bar to stand on
            axes.plot(middle, at, "o", color=inks[at], markersize=7)
        else:
            axes.barh(at, middle, height=0.62, color=inks[at], alpha=0.85)
        axes.hlines(at, least, most, color=look.INK, linewidth=1.6)
        look.beside(axes, look.number(middle), most, at)


def _spread(value: dict | float) -> tuple[float, float, float]:
    if isinstance(value, dict):
        return value["median"], value["least"], value["most"]
    return value, value, value


def _waiting(axes: Axes, rows: list[dict], inks: list[str]) -> None:
    axes.set_title(WAITING)
    there = [
        (at, each["p50_ms"], each["p99_ms"]) for at, each in enumerate(rows) if "p50_ms" in each
    ]
    _scale(axes, [half for _at, half, _most in there], [most for _at, _half, most in there])
    for at, half, most in there:
        axes.hlines(at, half, most, color=inks[at], linewidth=2)
        axes.plot(half, at, "o", color=inks[at], markersize=7)
        axes.plot(most, at, "o", color=inks[at], markersize=7, fillstyle="none")
        look.beside(axes, f"{look.number(half)} to {look.number(most)}", most, at)


def _scale(axes: Axes, least: list[float], most: list[float]) -> bool:
    """Whether it is one of powers of ten."""
    low, high = min(least), max(most)
    is_far = low > 0 and high > FAR_APART * low
    if is_far:
        axes.set_xscale("log")
        axes.set_xlim(low / 2, high * (high / low) ** 0.35)
    else:
        axes.set_xlim(0, high * ROOM or 1)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _at: look.number(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    return is_far
