"""A Celery task that does nothing: what ringing costs at most.

``nothing`` is taken by the practice's own workers, with the settings that keep a task when a worker
dies; this module's own app is Celery as it comes.
"""

import os
import time
from collections.abc import Callable

import redis
from celery import Celery, shared_task

QUEUE = "empty"

app = Celery("empty", broker=os.environ.get("REDIS_URL"), set_as_current=False)
app.conf.task_default_queue = QUEUE
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True


@shared_task(name="bench.empty.nothing")
def nothing() -> None:
    pass


def rate(of: Celery, node: str, count: int, meanwhile: Callable[[], object]) -> float:
    """Tasks a second by one worker of an app, from when all wait in the broker to when all are
    done and acknowledged."""
    queue = of.conf.task_default_queue
    of.control.cancel_consumer(queue, destination=[node], reply=True, timeout=5)
    task = of.tasks["bench.empty.nothing"]
    with of.producer_or_acquire() as producer:
        for _ in range(count):
            task.apply_async(producer=producer)
    with redis.Redis(unix_socket_path=_socket(of)) as line:
        if (waiting := _waiting(line, queue)) != count:
            raise ValueError(f"{waiting} tasks wait, and not {count}")
        began = time.monotonic()
        of.control.add_consumer(queue, destination=[node])
        while _waiting(line, queue):
            meanwhile()
            time.sleep(0.01)
        return count / (time.monotonic() - began)


def _socket(of: Celery) -> str:
    return of.conf.broker_url.removeprefix("redis+socket://")


def _waiting(line: redis.Redis, queue: str) -> int:
    """In the queue of each priority, and in hands that have not acknowledged."""
    return sum(line.llen(key) for key in line.keys(f"{queue}*")) + line.hlen("unacked")
