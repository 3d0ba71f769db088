"""Numbers for Prometheus: how it is going, and nothing about anybody.

No label holds an id, a name or an address: pages go by their names in the URL conf, and rows are
counted over all practices. What floors above count is listed in settings.METRICS.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from . import heartbeat
from .counting import Counted
from .models import Heartbeat

requests = Counted(settings.METRICS_DIR)


@dataclass(frozen=True)
class Number:
    name: str
    words: str
    value: float


def of_the_house(now: datetime) -> Iterator[Number]:
    """How long ago there was the last sign of life of each; nothing of what never gave one."""
    beats = Heartbeat.objects.in_bulk([heartbeat.SWEEP, heartbeat.WATCH, heartbeat.BACKUP])
    told = {
        heartbeat.SWEEP: "Since the sweep of reminders ran",
        heartbeat.WATCH: "Since the watcher looked",
        heartbeat.BACKUP: "Since the newest backup that was verified",
    }
    for name, beat in sorted(beats.items()):
        if beat.rung_at is not None:
            age = (now - beat.rung_at).total_seconds()
            yield Number(f"trellis_{name}_age_seconds", told[name], age)


def text(now: datetime) -> str:
    """In Prometheus' text format 0.0.4."""
    numbers = [number for path in settings.METRICS for number in import_string(path)(now)]
    lines = [line for number in numbers for line in _gauge(number)]
    return "\n".join([*lines, *_requests()]) + "\n"


def _gauge(number: Number) -> Iterable[str]:
    yield f"# HELP {number.name} {number.words}"
    yield f"# TYPE {number.name} gauge"
    yield f"{number.name} {number.value:g}"


def _requests() -> Iterator[str]:
    found = sorted(requests.all().items())
    for place, name, kind in (
        (0, "trellis_requests_total", "Requests"),
        (1, "trellis_request_seconds_total", "Seconds spent on requests"),
    ):
        yield f"# HELP {name} {kind}, by page"
        yield f"# TYPE {name} counter"
        for (page, method, status), sums in found:
            labels = f'page="{page}",method="{method}",status="{status}"'
            yield f"{name}{{{labels}}} {sums[place]:g}"
