from django.apps import AppConfig
from django.core.checks import register
from django.db.backends.signals import connection_created

from . import checks


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self):
        from .moments import read_moments

        register(checks.fit_for_people, checks.TAG, deploy=True)
        connection_created.connect(read_moments)
