"""Sessions in the database, as Django keeps them; reading one is a prepared question
(SESSION_ENGINE)."""

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from .database.prepared import Prepared

OF_KEY = Prepared(
    "session_of_key",
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=datetime,
)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        found = OF_KEY.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    @classmethod
    def get_model_class(cls):
        return Session
