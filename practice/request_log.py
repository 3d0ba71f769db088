"""One line, and one count, for each request."""

import logging
import time
from uuid import uuid4

from django.conf import settings
from django.db import connection

from . import metrics
from .tracing import WELL_FORMED, number

HEADER = "X-Request-ID"
UNTOLD = ("healthz_live", "healthz_ready", "metrics")  # asked every few seconds by machines
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}

log = logging.getLogger("practice.request")


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
            with connection.execute_wrapper(statements := Count()):
                response = self.get_response(request)
            response.headers[HEADER] = number.get()
            page, took = name_of(request), time.perf_counter() - began
            if settings.METRICS_TOKEN:
                metrics.requests.add(page, method_of(request), response.status_code, took)
            if page not in UNTOLD:
                ms = round(1000 * took)
                told = {
                    "page": page,
                    "status": response.status_code,
                    "ms": ms,
                    "statements": statements.number,
                }
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


class Count:
    """How often a page asked the database: what a slow one has too many of."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def method_of(request) -> str:
    """Whoever asks may call it anything."""
    return request.method if request.method in METHODS else "other"


def name_of(request) -> str:
    match = getattr(request, "resolver_match", None)
    return (match.view_name or "?") if match else "?"


def who(request) -> dict[str, str]:
    """Without a statement: somebody whom no page asked for is not looked up for a line."""
    user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"actor": str(user.pk), "practice": str(user.practice_id)}
