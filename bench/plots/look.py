"""How a drawing looks: nothing behind it, and inks that can be told from white and from black."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, FAINT = "#737b85", "#737b8555"
SERIES = ("#3584c6", "#c9731f", "#3a9461", "#9068c0", "#c2568a", "#8a7a2b", "#2f93a0")
WIDTH, ROW, AROUND = 9.5, 0.3, 1.0  # inches


def put_on() -> None:
    mpl.use("svg")
    mpl.rcParams.update(
        {
            "svg.hashsalt": "trellis",
            "font.family": "DejaVu Sans",  # comes with matplotlib
            "font.size": 10,
            "text.color": INK,
            "axes.labelcolor": INK,
            "axes.edgecolor": FAINT,
            "axes.facecolor": "none",
            "axes.titlesize": 10,
            "axes.titlelocation": "left",
            "xtick.color": INK,
            "ytick.color": INK,
            "grid.color": FAINT,
        }
    )


def sheet(rows: int, panels: int) -> tuple[Figure, list[Axes]]:
    drawing = Figure(figsize=(WIDTH, rows * ROW + AROUND), layout="constrained")
    made = drawing.subplots(1, panels, sharey=True, squeeze=False)[0]
    for axes in made:
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", linewidth=0.6)
        axes.set_axisbelow(True)
    return drawing, list(made)


def name_rows(axes: Axes, names: list[str]) -> None:
    """From the top down."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)


def beside(axes: Axes, text: str, x: float, row: int) -> None:
    axes.annotate(text, (x, row), xytext=(8, 0), textcoords="offset points", va="center")


def number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def save(drawing: Figure, path: Path) -> None:
    nobody = {"Date": None, "Creator": None}
    drawing.savefig(path, format=path.suffix[1:], transparent=True, metadata=nobody)
