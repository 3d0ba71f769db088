"""What must be in order before real people's records are served.

They count as checks of a deployment: `prepare`, web, workers, beat and the watcher refuse to start,
while `makemigrations` or `collectstatic` work with any keys.
"""

import logging

from django.conf import settings
from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured

from . import configured
from .encryption import master_keys

log = logging.getLogger(__name__)
TAG = "fit_for_people"
SHORTEST_SECRET_KEY = 50


def fit_for_people(app_configs=None, **kwargs) -> list[Error]:
    if settings.DEVELOPMENT:
        return []
    found = []
    if len(settings.SECRET_KEY) < SHORTEST_SECRET_KEY:
        text = f"SECRET_KEY is shorter than {SHORTEST_SECRET_KEY} characters: set a longer one."
        found.append(Error(text, id="practice.E001"))
    try:
        master_keys(tuple(settings.FIELD_KEYS))
    except ValueError as error:
        found.append(Error(f"FIELD_KEYS cannot be read: {error}", id="practice.E002"))
    if settings.DEBUG:
        found.append(Error("DEBUG is on and shows secrets: turn it off.", id="practice.E003"))
    found += [Error(words, id=f"practice.{number}") for number, words in configured.faults()]
    return found


def refuse_if_unfit() -> None:
    found = run_checks(tags=[TAG], include_deployment_checks=True)
    for doubt in (each for each in found if not each.is_serious()):
        log.warning("%s", doubt.msg)
    if faults := [each.msg for each in found if each.is_serious()]:
        raise ImproperlyConfigured(" ".join(faults))
