"""What stands on the page in words, whatever the figures are."""

from pathlib import Path

from .shown import number

TEXTS = Path(__file__).parent / "texts"
HEAD, METHOD, PROTECTIONS, MACHINE, RUNNING = (
    (TEXTS / f"{name}.md").read_text().strip()
    for name in ("head", "method", "protections", "machine", "running")
)
NOT_LOOKED_AT = "Nobody has written down a profile for this yet."


def for_a_practice(line: dict) -> str:
    """One sentence without a unit that a clinician would have to look up."""
    processors = f"a machine with {line['machine']['processors']} processors"
    match line["bench"]:
        case "submit":
            each = line["operations"].get("trellis, 8 at once")
            told = f"{processors} takes {{}} whole screeners a second from eight people at once."
        case "reminders":
            each = line["operations"].get("reminders")
            told = f"{processors} sends {{}} reminders a second."
        case _:
            each, told = None, ""
    if not each:
        return ""
    told = told.format(number(each["per_second"]["median"]))
    return told[0].upper() + told[1:]
