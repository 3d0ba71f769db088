"""Each target as the share of its goal that was reached: 1 is the goal, beyond it is better."""

import look
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

REACHED, ENOUGH, SHORT = "#3a9461", "#3584c6", "#c9731f"


def drawn(targets: list[dict]) -> Figure | None:
    rows = [each for each in targets if each["value"] > 0]
    if not rows:
        return None
    drawing, (axes,) = look.sheet(len(rows), 1)
    axes.set_title("Share of the goal that was reached (short line: at least)")
    shares = [_share(each, each["value"]) for each in rows]
    axes.set_xscale("log")
    axes.set_xlim(min(0.2, *shares) / 1.5, max(2, *shares) * 4)
    axes.axvline(1, color=look.INK, linewidth=1.4)
    for at, (each, share) in enumerate(zip(rows, shares, strict=True)):
        least = _share(each, each["at_least"]) if _is_number(each["at_least"]) else 0
        ink = REACHED if share >= 1 else ENOUGH if share >= least else SHORT
        axes.hlines(at, min(share, 1), max(share, 1), color=ink, linewidth=4, alpha=0.6)
        axes.plot(share, at, "o", color=ink, markersize=10)
        if least:
            axes.vlines(least, at - 0.35, at + 0.35, color=look.INK, linewidth=2.2)
        found = f"{look.number(each['value'])} {each.get('unit') or ''}".strip()
        goal = look.number(each["goal"])
        look.beside(axes, f"{found} (goal {goal})", max(share, least, 1), at)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _at: f"{100 * value:,.0f} %"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    look.name_rows(axes, [each["name"] for each in rows])
    return drawing


def _share(target: dict, value: float) -> float:
    return target["goal"] / value if target["less_is_better"] else value / target["goal"]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
