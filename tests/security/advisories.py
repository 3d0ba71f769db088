"""``make audit``: has anything that the image is made of a known hole? pip-audit asks the index.

0: nothing known. 1: something is, or an exception in docs/accepted.toml is not needed any more.
2: it could not be asked, which is not the same as nothing. Not part of CI: what becomes known
overnight must not fail the change of somebody else, and CI may have no way out.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "base.txt"
NO_TOOL = (
    "pip-audit is not here, so nothing was asked. Install it anywhere on the path "
    "(python3 -m pip install --user pip-audit, or pipx install pip-audit) and try again."
)
NO_ANSWER = "The index did not answer, so nothing is known:\n"


def tool() -> str | None:
    beside = Path(sys.executable).with_name("pip-audit")
    return str(beside) if beside.exists() else shutil.which("pip-audit")


def accepted() -> dict[str, dict]:
    return tomllib.loads((ROOT / "docs" / "accepted.toml").read_text())["advisories"]


def inventories(lock: str) -> list[list[str]]:
    """What is in the lock, as name==version. Two versions of one package (for two versions of
    Python) stand in two lists: pip-audit takes none twice."""
    lists: list[dict[str, str]] = []
    for name, version in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([\w.]+)", lock, re.MULTILINE):
        place = next((each for each in lists if name not in each), None)
        if place is None:
            place = {}
            lists.append(place)
        place[name] = version
    return [[f"{name}=={version}" for name, version in each.items()] for each in lists]


def ask(program: str, wanted: list[str], answer: Path) -> str:
    """What it said besides its answer."""
    asked = answer.with_suffix(".txt")
    asked.write_text("\n".join(wanted))
    run = subprocess.run(
        [
            *(program, "-r", str(asked), "--no-deps", "--disable-pip"),
            *("-f", "json", "-o", str(answer), "--progress-spinner", "off", "--timeout", "20"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stderr.strip()


def holes(told: dict) -> dict[str, str]:
    """By id: in what, and from which version on there is none."""
    return {
        hole["id"]: f"{each['name']} {each['version']}, "
        f"mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for each in told["dependencies"]
        for hole in each.get("vulns", ())
    }


def verdict(found: dict[str, str], known: dict[str, dict]) -> tuple[int, list[str]]:
    lines = [f"{hole}: {what}" for hole, what in found.items() if hole not in known]
    lines += [
        f"{hole}: {what} (accepted since {known[hole]['since']}: {known[hole]['because']})"
        for hole, what in found.items()
        if hole in known
    ]
    gone = [hole for hole in known if hole not in found]
    lines += [f"{hole}: accepted, but not there any more. Take it out." for hole in gone]
    is_well = set(found) == set(known)
    return (0 if is_well else 1), lines or ["No known hole in what the image is made of."]


def main() -> int:
    program = tool()
    if program is None:
        print(NO_TOOL, file=sys.stderr)  # noqa: T201
        return 2
    found = {}
    for wanted in inventories(LOCK.read_text()):
        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "answer.json"
            said = ask(program, wanted, answer)
            try:
                found |= holes(json.loads(answer.read_text()))
            except (OSError, ValueError):
                print(NO_ANSWER + said[-800:], file=sys.stderr)  # noqa: T201
                return 2
    status, lines = verdict(found, accepted())
    print("\n".join(lines))  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main())
