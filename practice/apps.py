from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.checks import register
from django.db.backends.signals import connection_created
from django.utils.module_loading import import_string

from . import checks, transit
from .database import account
from .moments import read_moments


class PracticeConfig(AppConfig):
    name = "practice"

    def ready(self):
        register(checks.fit_for_people, checks.TAG, deploy=True)
        register(transit.lines_are_private, checks.TAG, deploy=True)
        connection_created.connect(read_moments)
        connection_created.connect(account.refuse_strong)
        # Whatever door somebody came in by; named, for models are not there yet.
        user_logged_in.connect(import_string("practice.idle.begin"))
        user_logged_out.connect(import_string("practice.idle.end"))
        for what in ("added", "removed"):
            signal = import_string(f"allauth.mfa.signals.authenticator_{what}")
            signal.connect(import_string(f"practice.idle.factor_{what}"))
