"""What is measured, in the order in which it runs and stands on the page."""

from dataclasses import dataclass
from importlib.util import find_spec

from practice.processes import Problem


@dataclass(frozen=True)
class Bench:
    """``module`` of this package measures it, told ``words``. What is ``part_of`` another, and what
    ``is_asked_for``, runs only when it is named. ``own_page``: there is one in docs/ besides, and a
    module of that name and ``_page`` writes it."""

    title: str
    module: str
    words: tuple[str, ...] = ()
    part_of: str = ""
    is_asked_for: bool = False
    own_page: str = ""


def page(name: str, title: str) -> Bench:
    return Bench(title, "pages", ("--only", name), part_of="pages")


BENCHES = {
    "submit": Bench("Answering a screener", "submit"),
    "pages": Bench("Pages that are opened every day", "pages"),
    "autosave": page("autosave", "One answer kept"),
    "today": page("today", "Today"),
    "caseload": page("caseload", "The caseload"),
    "timeline": page("timeline", "A client's timeline"),
    "portal": page("portal", "The first page of the portal"),
    "statistics": Bench("Statistics of a screener", "quality"),
    "reminders": Bench("Reminders", "reminders"),
    "demo": Bench("Starting the demo", "demo"),
    "scale-out": Bench("More processes, more machines", "scale_out", own_page="scaling"),
    "suite": Bench("The tests", "suite", is_asked_for=True),
    "doors": Bench("Known and unknown addresses", "doors", is_asked_for=True),
}


def there() -> list[str]:
    return [name for name, bench in BENCHES.items() if find_spec(f"bench.{bench.module}")]


def chosen(words: list[str]) -> list[str]:
    """Those that were named, else all that need not be; in their order."""
    known = there()
    if unknown := [word for word in words if word not in known]:
        raise Problem(f"No bench is called {', '.join(unknown)}. There are: {', '.join(known)}.")
    return [name for name in known if (name in words if words else runs_by_itself(name))]


def runs_by_itself(name: str) -> bool:
    return not (BENCHES[name].part_of or BENCHES[name].is_asked_for)


def title_of(name: str) -> str:
    return BENCHES[name].title if name in BENCHES else name


def parts_of(name: str) -> list[str]:
    return [part for part, bench in BENCHES.items() if bench.part_of == name]


def own_page(name: str) -> str:
    return BENCHES[name].own_page if name in BENCHES else ""
