from allauth.account.auth_backends import AuthenticationBackend

from . import walls
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
        people = User.objects.with_roles().annotate(standing=standing())
        people = people.select_related("practice", "client")
        return people.filter(pk=user_id, is_active=True).first()


def _nobody() -> User:
    nobody = User()
    nobody.set_unusable_password()
    return nobody
