"""What belongs to one request stands under one number: in its lines, and in those of the worker
that it rang for. Ids only: of the request, the practice and whoever acts.
"""

import re
from contextvars import ContextVar

WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")

number: ContextVar[str] = ContextVar("number", default="")
task: ContextVar[str] = ContextVar("task", default="")


def facts() -> dict[str, str]:
    """What every line says of where it comes from."""
    found = {"request": number.get(), "task": task.get()}
    return {name: value for name, value in found.items() if value}


# -- through the bell --------------------------------------------------------------------------
IN_MESSAGE = "trellis_request"


def put_into(headers=None, **_signal) -> None:
    """Of a task that is being rung for."""
    if headers is not None and number.get():
        headers[IN_MESSAGE] = number.get()


def begin(task_id="", sender=None, **_signal) -> None:
    """In the worker. What beat rang for has the number of its task."""
    request = getattr(sender, "request", None)
    given = getattr(request, IN_MESSAGE, None) or ""
    number.set(given if WELL_FORMED.fullmatch(given) else str(task_id))
    task.set(getattr(sender, "name", ""))


def end(**_signal) -> None:
    number.set("")
    task.set("")
