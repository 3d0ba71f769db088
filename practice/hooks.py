"""How a lower floor tells or asks an upper one something: by names listed in settings.

The arrow of imports points down only, so ``clients`` cannot import the planner of reminders.
It calls ``hooks.call("contact_changed", …)`` and settings.HOOKS says who listens, in order, in
the same transaction. A listener that fails fails the act.
"""

from django.conf import settings
from django.utils.module_loading import import_string


def call(event: str, **facts) -> None:
    for path in settings.HOOKS[event]:
        import_string(path)(**facts)


def ask(event: str, **facts) -> bool:
    """Whether all who are asked say yes."""
    return all(import_string(path)(**facts) for path in settings.HOOKS[event])
