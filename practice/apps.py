from django.apps import AppConfig
from django.core.checks import register

from . import checks


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self):
        register(checks.fit_for_people, checks.TAG, deploy=True)
