"""What belongs to one request stands under one number: in its lines, and in those of the worker
that it rang for. Ids only: of the request, the practice and whoever acts.
"""

import logging
import re
import time
from contextvars import ContextVar
from uuid import uuid4

from django.conf import settings

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")
UNTOLD = ("healthz_live", "healthz_ready", "metrics")  # asked every few seconds by machines

log = logging.getLogger("practice.request")

number: ContextVar[str] = ContextVar("number", default="")
task: ContextVar[str] = ContextVar("task", default="")


def facts() -> dict[str, str]:
    """What every line says of where it comes from."""
    found = {"request": number.get(), "task": task.get()}
    return {name: value for name, value in found.items() if value}


def number_of(request) -> str:
    """The proxy's, where we are told that there is one; whoever asks does not choose what stands in
    our logs."""
    given = request.headers.get(HEADER, "")
    is_theirs = settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 and WELL_FORMED.fullmatch(given)
    return given if is_theirs else uuid4().hex


class RequestMiddleware:
    """The first of all: nothing is logged outside of it. One line for each request that a person
    makes, by the name of its page and never by its address, which may hold a token."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began, token = time.perf_counter(), number.set(number_of(request))
        try:
            response = self.get_response(request)
            response.headers[HEADER] = number.get()
            page = name_of(request)
            if page not in UNTOLD:
                took = round(1000 * (time.perf_counter() - began))
                told = {"page": page, "status": response.status_code, "ms": took}
                log.info(
                    "%s %s %s",
                    request.method,
                    page,
                    response.status_code,
                    extra=told | who(request),
                )
            return response
        finally:
            number.reset(token)


def name_of(request) -> str:
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "?") if match else "?"


def who(request) -> dict[str, str]:
    """Without a statement: somebody whom no page asked for is not looked up for a line."""
    user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"actor": str(user.pk), "practice": str(user.practice_id)}


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
