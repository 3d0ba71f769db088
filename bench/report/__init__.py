"""docs/performance.md and its plots, made from the lines in docs/figures."""

import json
from importlib import import_module
from pathlib import Path

from bench import order, peers
from bench.ground import say
from bench.judge import ROOT

from .page import text

FIGURES = ROOT / "docs" / "figures"
PAGE = ROOT / "docs" / "performance.md"
IMAGES = ROOT / "docs" / "images"
PLOTS = ROOT / "bench" / "plots"


def read(folder: Path) -> list[dict]:
    """The lines in the order of the page; of what is not known by name, last."""
    lines = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    known = list(order.BENCHES)
    return sorted(
        (line for line in lines if line.get("operations")),
        key=lambda line: known.index(line["bench"]) if line["bench"] in known else len(known),
    )


def remarks(folder: Path) -> dict[str, str]:
    """By bench, what somebody wrote by hand who looked where the rest goes."""
    return {path.stem: path.read_text().strip() for path in sorted(folder.glob("*.md"))}


def rendered(folder: Path) -> str:
    return text(read(folder), remarks(folder))


def write() -> None:
    PAGE.write_text(rendered(FIGURES))
    say(f"Wrote {PAGE.relative_to(ROOT)}")
    for name in (line["bench"] for line in read(FIGURES)):
        if own := order.own_page(name):
            import_module(f"bench.{own}_page").main()
            say(f"Wrote docs/{own}.md")
    python = peers.environment("plots", PLOTS)
    names = [line["bench"] for line in read(FIGURES)]
    say(peers.said(python, PLOTS, "draw.py", str(FIGURES), str(IMAGES), *names, env={}).strip())
