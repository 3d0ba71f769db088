from allauth.account.auth_backends import AuthenticationBackend

from .models import User


class PeopleBackend(AuthenticationBackend):
    """allauth's sign-in, with the practice fetched in the same statement as the user."""

    def get_user(self, user_id):
        return User.objects.select_related("practice").filter(pk=user_id, is_active=True).first()
