"""The time zones a person chooses from: a place on earth, or UTC."""

from zoneinfo import available_timezones

AREAS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)


def choice(name: str) -> tuple[str, str]:
    return name, name.replace("_", " ")


PLACES = sorted(name for name in available_timezones() if name.partition("/")[0] in AREAS)
ZONES = [choice(name) for name in ("UTC", *PLACES)]


def choices(held: str = "UTC") -> list[tuple[str, str]]:
    """The list, with the zone somebody has from before, so that keeping a form keeps it."""
    return ZONES if held in dict(ZONES) else [choice(held), *ZONES]
