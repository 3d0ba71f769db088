"""One drawing of each bench, and one of what was to be reached: `draw.py FIGURES IMAGES NAME …`.

Runs in an environment of its own and knows nothing of Trellis. The same lines make the same files.
"""

import json
import sys
from pathlib import Path

import bars
import goals
import look


def main(figures: Path, images: Path, names: list[str]) -> None:
    look.put_on()
    lines = [json.loads((figures / f"{name}.json").read_text()) for name in names]
    drawings = {line["bench"]: bars.drawn(line["operations"]) for line in lines}
    drawings["targets"] = goals.drawn([each for line in lines for each in line.get("targets", ())])
    kept = {f"performance-{name}.svg": drawing for name, drawing in drawings.items() if drawing}
    images.mkdir(exist_ok=True)
    for former in images.glob("performance-*.svg"):
        if former.name not in kept:
            former.unlink()
    for name, drawing in kept.items():
        look.save(drawing, images / name)
    print(f"Drew {len(kept)} plots")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
