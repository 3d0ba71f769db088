"""How long it takes to say how well a tool measures: of one screener of sixteen items.

The formulas, on answers that are in memory; and the whole practice picture as a worker makes it,
which opens every sealed answer.
"""

import argparse
import time
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
from django.utils import timezone

from assessments import scoring
from assessments.models import Occurrence, PracticePicture, Response, Score
from assessments.nightly import make_pictures
from assessments.picture.tools import Gathered, figures
from assessments.quality import alpha, as_matrix, icc_agreement, omega, spread_of
from assessments.quality.sampling import MANY
from clients import actions as care
from clients.models import Client, Consent
from practice.processes import Child, Problem, wait_until

from . import people, protections, screener
from .figures import how_long, spread, target
from .ground import Ground, say
from .machine import Peaks, cpu_seconds

PUBLISHED, MILLION = 14_518, 1_000_000
SEED = 14_518
STEPS = 4
LOADINGS = np.linspace(0.45, 0.8, screener.QUESTIONS)
PATIENCE = 300  # seconds, for one picture


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench statistics", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--pictures", type=int, default=5, help="rounds of the whole picture")
    parser.add_argument("--people", type=int, default=PUBLISHED, help="in the picture")
    parser.add_argument("--skip-picture", action="store_true")
    asked = parser.parse_args(words)
    operations: dict[str, dict[str, object]] = {}
    for count in (PUBLISHED, MANY - 1, MILLION):
        say(f"The formulas, of {count:,} responses")
        operations |= formulas(count, asked.rounds)
    found: dict[str, object] = {"rounds": asked.rounds, "operations": operations}
    if not asked.skip_picture:
        operations[f"picture_{asked.people}"], found["protections"] = pictures(here, asked)
    took = operations[f"formulas_{PUBLISHED}"]["p50_ms"]
    return found | {
        "targets": [
            target("statistics, 14,518 responses", took, 100, 20, "ms", less_is_better=True)
        ]
    }


# -- the formulas ----------------------------------------------------------------------------------
def answers_of(count: int) -> np.ndarray:
    """Of people who differ in one thing, and answer in five steps."""
    random = np.random.default_rng(SEED)
    found = np.empty((count, len(LOADINGS)))
    for begin in range(0, count, 100_000):
        some = found[begin : begin + 100_000]
        noise = random.normal(size=some.shape) * np.sqrt(1 - LOADINGS**2)
        some[:] = np.round(random.normal(size=(len(some), 1)) * LOADINGS + noise + STEPS / 2)
    return np.clip(found, 0, STEPS, out=found)


def gathered(answers: np.ndarray) -> Gathered:
    """As if they had been read: one response each, and of every tenth person a second one."""
    definition = screener.definition()
    found = Gathered(definition, definition.scales[0], [])
    found.always = found.responses = len(answers)
    found.answered = answers.size
    found.values = answers.sum(axis=1).tolist()
    found.answers.frombytes(answers.tobytes())
    found.pairs = [(value, value + index % 3 - 1) for index, value in enumerate(found.values[::10])]
    return found


def formulas(count: int, rounds: int) -> dict[str, dict[str, object]]:
    """All that is told of one tool, and each part of it."""
    tool = gathered(answers_of(count))
    answers = as_matrix(tool.answers, columns=screener.QUESTIONS)
    parts = {
        "formulas": lambda: figures(tool),
        "spread": lambda: spread_of(tool.values, minimum=0, maximum=64),
        "alpha": lambda: alpha(answers),
        "omega": lambda: omega(answers),
        "retest": lambda: icc_agreement(tool.pairs),
    }
    return {f"{name}_{count}": timed(part, rounds) for name, part in parts.items()}


def timed(part: Callable[[], object], rounds: int) -> dict[str, object]:
    part()  # the first is to warm up
    seconds, cpu = [], []
    with more_memory() as more:
        for _ in range(rounds):
            began, spent = time.perf_counter(), time.process_time()
            part()
            seconds.append(time.perf_counter() - began)
            cpu.append(1000 * (time.process_time() - spent))
    return {"cpu_ms": spread(cpu), "seconds": spread(seconds), **how_long(seconds), **more}


@contextmanager
def more_memory():
    """The most that was held beyond what was there before."""
    found: dict[str, float] = {}
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    before = _peak_kb()
    yield found
    found["peak_mb"] = round((_peak_kb() - before) / 1024, 1)


def _peak_kb() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


# -- the whole picture -----------------------------------------------------------------------------
def pictures(here: Ground, asked: argparse.Namespace) -> tuple[dict[str, object], object]:
    say(f"Making {asked.people:,} people who answered")
    definition = screener.definition()
    people.open_the_practice(definition)
    people.add_people(asked.people, is_due=True)
    answer(definition, asked.people)
    all_agree_to_be_counted()
    people.tidy()
    PracticePicture.for_all()
    rounds = []
    with here.worker() as worker:
        for number in range(asked.pictures + 1):  # the first is to warm up
            rounds.append(one_picture(here, worker))
            say(f"  {number}: {rounds[-1]['seconds']:.1f} s")
        on = protections.on_web(worker)
    rounds = rounds[1:]
    must_be_told(asked.people)
    return {
        "seconds": spread(each["seconds"] for each in rounds),
        "cpu_ms": spread(each["worker"] + each["postgres"] for each in rounds),
        "cpu_ms_worker": spread(each["worker"] for each in rounds),
        "cpu_ms_postgres": spread(each["postgres"] for each in rounds),
        "peak_mb": max(each["peak_mb"] for each in rounds),
        "rounds": len(rounds),
    }, on


def answer(definition, count: int) -> None:
    """One response of each, and its score, sealed with the key of whose it is."""
    now, version = timezone.now(), None
    rows = Occurrence.objects.select_related("assignment").order_by("-pk")[:count]
    for begin in range(0, count, people.AT_ONCE):
        responses, scores = [], []
        some = rows[begin : begin + people.AT_ONCE]
        for row, line in zip(some, answers_of(count)[begin:].astype(int).tolist(), strict=False):
            version = version or row.assignment.activity.versions.get()
            given = {f"item_{place}": value for place, value in enumerate(line, start=1)}
            whose = {"practice_id": row.practice_id, "client_id": row.client_id}
            response = Response(
                **whose,
                episode_id=row.assignment.episode_id,
                occurrence=row,
                version=version,
                answers=given,
                started_at=now - timedelta(minutes=4),
                saved_at=now,
                submitted_at=now,
            )
            responses.append(response)
            (scale,) = scoring.score(definition, given)
            scores.append(
                Score(
                    **whose,
                    response=response,
                    scale=scale.code,
                    value=scale.value,
                    answered=scale.answered,
                    missing=scale.missing,
                    engine=scale.engine,
                    trace=scale.trace,
                    taken_at=now,
                )
            )
        Response.objects.bulk_create(responses)
        Score.objects.bulk_create(scores)
        say(f"  {begin + len(responses):,} of {count:,} responses")


def all_agree_to_be_counted() -> None:
    first = Client.objects.select_related("user").earliest("pk")
    now = timezone.now()
    care.answer_consent(first, "picture", number=1, agrees=True, by=first.user, now=now)
    one = Consent.objects.get(client=first, kind="picture")
    Consent.objects.bulk_create(
        Consent(
            practice_id=one.practice_id,
            client=client,
            kind=one.kind,
            wording_id=one.wording_id,
            agreed_at=now,
        )
        for client in Client.objects.exclude(pk=first.pk)
    )


def one_picture(here: Ground, worker: Child) -> dict[str, float]:
    """From the ring until it is kept."""
    asked_at = timezone.now()
    PracticePicture.objects.update(asked_at=asked_at)
    peaks = Peaks(worker.process.pid)
    pids = {"worker": worker.process.pid, "postgres": here.pid("postgres")}
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    began = time.monotonic()
    make_pictures.delay()

    def is_kept() -> bool:
        peaks.look()
        return PracticePicture.objects.filter(made_at__gte=asked_at).exists()

    if not wait_until(is_kept, PATIENCE):
        raise Problem(f"No picture was made. Log: {worker.log}")
    seconds = time.monotonic() - began
    peaks.look(now=True)
    spent = {name: 1000 * (cpu_seconds(pid) - before[name]) for name, pid in pids.items()}
    return {"seconds": seconds, "peak_mb": peaks.megabytes()["largest"], **spent}


def must_be_told(count: int) -> None:
    """What was made is of all who answered, and has its figures."""
    (tool,) = PracticePicture.objects.get().content["tools"]
    (scale,) = tool["scales"]
    if scale["n"] != count or scale["omega"]["low"] is None:
        raise Problem(f"The picture is not of {count} people: {scale}")
