"""Every address of the URL conf."""

from tests.access.reading import patterns

APPS = ("practice", "clients", "assessments")


def every_address():
    """(name with its namespace, view)."""
    return ((name, pattern.callback) for name, pattern in patterns())


def is_public(view) -> bool:
    return getattr(view, "login_required", True) is False


def behind_the_door() -> list[str]:
    """Those of ours for which one signs in."""
    return sorted(
        name
        for name, view in every_address()
        if view.__module__.split(".")[0] in APPS and not is_public(view)
    )
