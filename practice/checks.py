"""What must be in order before real people's records are served.

They count as checks of a deployment: `prepare`, web, workers, beat and the watcher refuse to start,
while `makemigrations` or `collectstatic` work with any keys.
"""

import logging

from django.conf import settings
from django.core.checks import Error, run_checks
from django.core.exceptions import ImproperlyConfigured

from . import configured

log = logging.getLogger(__name__)
TAG = "fit_for_people"


def fit_for_people(app_configs=None, **kwargs) -> list[Error]:
    if settings.DEVELOPMENT:
        return []
    return [Error(words, id=f"practice.{number}") for number, words in configured.faults()]


def refuse_if_unfit() -> None:
    found = run_checks(tags=[TAG], include_deployment_checks=True)
    for doubt in (each for each in found if not each.is_serious()):
        log.warning("%s", doubt.msg)
    if faults := [each.msg for each in found if each.is_serious()]:
        raise ImproperlyConfigured(" ".join(faults))
