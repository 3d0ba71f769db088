from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend

from . import walls
from .database.prepared import Prepared
from .models import User
from .models.sign_ins import standing


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in; who somebody is takes one statement a request, with their practice,
    their roles, where they are signed in and, for a client, their record."""

    def authenticate(self, request, email=None, password=None, **others):
        """One statement and one hash, whoever it is: how long it takes tells nobody who is known.
        (Django hashes once for an account without a password, too.)"""
        if not email or not password:
            return None
        user = walls.found(User.objects.filter(email=email.strip().lower()))
        is_right = (user or _nobody()).check_password(password)
        return user if user and is_right and user.is_active else None

    def get_user(self, user_id):
        return PERSON.first(pk=user_id)


def _person(pk):
    people = User.objects.with_roles().annotate(standing=standing())
    return people.select_related("practice", "client").filter(pk=pk, is_active=True)


PERSON = Prepared("person_signed_in", _person, pk=UUID)


def _nobody() -> User:
    nobody = User()
    nobody.set_unusable_password()
    return nobody
