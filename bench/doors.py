"""Can known and unknown addresses be told apart by how long a page takes?

Each pair of requests is made in one breath, in an order that is drawn by lot, each from a network
of its own so that no limit is met. What is told: the medians, the difference with an interval of
95 % (bootstrap of the pairs' median), and whether an interval holds zero.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable

import numpy as np
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import Client, PortalLink
from clients.models.portal import hash_of

from . import people
from .ground import Ground, say

BOOTSTRAPS = 2_000
SEED = 26


def measure(here: Ground, words: list[str]) -> dict[str, object]:
    parser = argparse.ArgumentParser(prog="bench doors", description=__doc__)
    parser.add_argument("--pairs", type=int, default=400)
    asked = parser.parse_args(words)
    people.open_the_practice()
    people.add_people(asked.pairs, is_due=False)
    people.tidy()
    known = list(Client.objects.select_related("user")[: asked.pairs])
    draw = random.Random(SEED)
    with here.worker():  # letters leave as in life, and cost what they cost
        doors = {}
        for name, knock in DOORS.items():
            say(f"{name}: {asked.pairs} pairs")
            doors[name] = _compared(_pairs(known, knock, draw))
    return {"pairs": asked.pairs, "doors": doors}


def _code(email: str, _client: Client | None) -> tuple[str, dict[str, str]]:
    return reverse("account_request_login_code"), {"email": email}


def _password(email: str, _client: Client | None) -> tuple[str, dict[str, str]]:
    return reverse("account_login"), {"login": email, "password": "a wrong password"}


def _reset(email: str, _client: Client | None) -> tuple[str, dict[str, str]]:
    return reverse("account_reset_password"), {"email": email}


def _new_link(_email: str, client: Client | None) -> tuple[str, dict[str, str]]:
    return reverse("clients:link_new", args=[_token(client)]), {"send": "yes"}


def _dead_link(_email: str, client: Client | None) -> tuple[str, dict[str, str]]:
    return reverse("clients:link", args=[_token(client)]), {}


DOORS: dict[str, Callable] = {
    "code": _code,
    "password": _password,
    "new_password": _reset,
    "new_link": _new_link,
    "dead_link": _dead_link,
}


def _token(client: Client | None) -> str:
    """Of a link that is dead, or that never was; both as long."""
    token = f"{random.getrandbits(190):032x}"
    if client is not None:
        now = timezone.now()
        PortalLink.objects.create(
            practice_id=client.practice_id,
            client=client,
            token_hash=hash_of(token),
            expires_at=now,
            replaced_at=now,
        )
    return token


def _pairs(known: list[Client], knock: Callable, draw: random.Random) -> list[tuple[float, float]]:
    """Seconds for a known and for an unknown one."""
    found = []
    for number, client in enumerate(known):
        email = client.user.email
        stranger = email.replace("@", "x@", 1)[1:]  # as long
        asks = [(0, knock(email, client)), (1, knock(stranger, None))]
        draw.shuffle(asks)
        took = [0.0, 0.0]
        for place, (address, form) in asks:
            took[place] = _seconds(address, form, network=2 * number + place)
        found.append((took[0], took[1]))
    return found


def _seconds(address: str, form: dict[str, str], *, network: int) -> float:
    browser = Browser(SERVER_NAME="localhost", REMOTE_ADDR=f"10.{network // 250}.{network % 250}.9")
    began = time.perf_counter()
    answer = browser.post(address, form, secure=True)
    took = time.perf_counter() - began
    if answer.status_code not in (200, 302, 410):
        raise RuntimeError(f"{address}: {answer.status_code}")
    return took


def _compared(pairs: list[tuple[float, float]]) -> dict[str, object]:
    differences = np.array([known - unknown for known, unknown in pairs]) * 1_000
    rng = np.random.default_rng(SEED)
    drawn = rng.choice(differences, (BOOTSTRAPS, len(differences)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
    return {
        "known_ms": round(statistics.median(known for known, _ in pairs) * 1_000, 2),
        "unknown_ms": round(statistics.median(unknown for _, unknown in pairs) * 1_000, 2),
        "difference_ms": round(float(np.median(differences)), 3),
        "interval_ms": [round(float(low), 3), round(float(high), 3)],
        "known_was_slower": round(float(np.mean(differences > 0)), 3),
        "holds_zero": bool(low <= 0 <= high),
    }
