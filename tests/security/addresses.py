"""Every address of the URL conf, and a knock that leaves nothing behind."""

from contextlib import contextmanager

from django.db import transaction
from django.urls import URLPattern, get_resolver

APPS = ("practice", "clients", "assessments")


def every_address(resolver=None, namespace=""):
    """(name with its namespace, view)."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", entry.callback
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_address(entry, inner)


def is_public(view) -> bool:
    return getattr(view, "login_required", True) is False


def behind_the_door() -> list[str]:
    """Those of ours for which one signs in."""
    return sorted(
        name
        for name, view in every_address()
        if view.__module__.split(".")[0] in APPS and not is_public(view)
    )


@contextmanager
def undone():
    """What a knock changes is gone before the next one."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
