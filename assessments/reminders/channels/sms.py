"""Text messages: through a provider on the web, or into a folder where nothing is sent."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from assessments.models.reminders import Outcome
from assessments.reminders.messages import Outgoing

from . import web
from .carrier import Carrier, Result


def carrier() -> Carrier:
    if settings.SMS_DIR:
        return Folder(Path(settings.SMS_DIR))
    if settings.SMS_URL:
        return Provider()
    raise ImproperlyConfigured("Text messages need SMS_URL, or SMS_DIR.")


def key_of(outgoing: Outgoing) -> str:
    """What the same message is known by when it is handed over twice."""
    return outgoing.delivery.message_id.strip("<>")


class Provider:
    """Posts each message to SMS_URL; settings say how, because no two providers agree."""

    def open(self) -> None:
        self.session = requests.Session()
        if settings.SMS_TOKEN:
            self.session.headers["Authorization"] = f"Bearer {settings.SMS_TOKEN}"
        elif settings.SMS_USER:
            self.session.auth = (settings.SMS_USER, settings.SMS_PASSWORD)

    def hand_over(self, outgoing: Outgoing) -> Result:
        result = self._post(outgoing)
        if result.outcome == Outcome.UNKNOWN and settings.SMS_IDEMPOTENT:
            # The same key, text and link, within the same minute. Never later: the key may have
            # been forgotten by then, and the link in a text made anew would be another one.
            return self._post(outgoing)
        return result

    def _post(self, outgoing: Outgoing) -> Result:
        try:
            answer = self.session.post(
                settings.SMS_URL,
                headers={"Idempotency-Key": key_of(outgoing)},
                timeout=(5, settings.SMS_TIMEOUT),
                allow_redirects=False,  # what was posted would be posted again, elsewhere
                **self._body(outgoing),
            )
        except requests.RequestException as error:
            return web.of_silence(error)
        except ValueError as error:
            return Result(Outcome.FAILED, f"not a message: {type(error).__name__}")
        if 200 <= answer.status_code < 300:
            return Result(Outcome.SENT, provider_id=provider_id(answer))
        result = web.of_status(answer.status_code)
        return replace(result, is_final=is_dead_number(answer))

    def _body(self, outgoing: Outgoing) -> dict[str, Any]:
        """Under the provider's own names: ``to``, ``from``, ``text`` and ``reference``."""
        values = {
            "to": outgoing.delivery.address,
            "from": settings.SMS_FROM,
            "text": outgoing.body,
            "reference": key_of(outgoing),
        }
        named = {theirs: values[ours] for ours, theirs in settings.SMS_FIELDS.items() if theirs}
        return {"data" if settings.SMS_FORMAT == "form" else "json": named}

    def close(self) -> None:
        self.session.close()


def is_dead_number(answer: requests.Response) -> bool:
    """Whether the number is why, as only the provider's own codes say (SMS_DEAD_CODES). A status
    alone may as well speak of us: a wrong SMS_URL gives 404 for everybody's number."""
    if not 400 <= answer.status_code < 500:
        return False
    codes = "|".join(map(re.escape, settings.SMS_DEAD_CODES))
    return bool(codes) and re.search(rf"\b({codes})\b", answer.text) is not None


def provider_id(answer: requests.Response) -> str:
    """Where SMS_ID_FIELD says, as in ``messages.0.id``. Without one, returns find it by ours."""
    try:
        found = answer.json()
        for step in settings.SMS_ID_FIELD.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, KeyError, IndexError, TypeError):
        return ""
    return str(found)


class Folder:
    """For a demo: a file for each message. The same message again is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def hand_over(self, outgoing: Outgoing) -> Result:
        name = key_of(outgoing)
        file, unfinished = self.folder / f"{name}.json", self.folder / f".{name}"
        content = {"id": name, "to": outgoing.delivery.address, "text": outgoing.body}
        try:
            unfinished.write_text(json.dumps(content, ensure_ascii=False) + "\n")
            unfinished.replace(file)
        except OSError as error:
            return Result(Outcome.FAILED, f"not kept: {type(error).__name__}")
        return Result(Outcome.SENT, provider_id=name)

    def close(self) -> None:
        pass
