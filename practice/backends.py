from allauth.account.auth_backends import AuthenticationBackend

from .models import User
from .models.sign_ins import standing


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in; who somebody is takes one statement a request, with their practice,
    their roles, where they are signed in and, for a client, their record."""

    def get_user(self, user_id):
        people = User.objects.with_roles().annotate(standing=standing())
        people = people.select_related("practice", "client")
        return people.filter(pk=user_id, is_active=True).first()
