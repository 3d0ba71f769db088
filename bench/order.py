"""What is measured, in the order in which it runs and stands on the page."""

from importlib.util import find_spec

from practice.processes import Problem

TITLES = {
    "submit": "Answering a screener",
    "autosave": "One answer kept",
    "today": "Today",
    "caseload": "The caseload",
    "timeline": "A client's timeline",
    "portal": "The first page of the portal",
    "statistics": "Statistics of a screener",
    "reminders": "Reminders",
    "demo": "Starting the demo",
    "scaleout": "More processes, more machines",
    "suite": "The tests",
}
LONG = ("suite",)  # only when asked for by name


def there() -> list[str]:
    return [name for name in TITLES if find_spec(f"bench.{name}")]


def chosen(words: list[str]) -> list[str]:
    """Those that were named, else all that do not take long; in their order."""
    known = there()
    if unknown := [word for word in words if word not in known]:
        raise Problem(f"No bench is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [name for name in known if (name in words if words else name not in LONG)]
