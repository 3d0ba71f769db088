from django.apps import AppConfig
from django.core.checks import register
from django.db.backends.signals import connection_created

from . import checks
from .moments import read_moments


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self):
        register(checks.fit_for_people, checks.TAG, deploy=True)
        connection_created.connect(read_moments)
