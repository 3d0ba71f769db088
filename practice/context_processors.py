from django.utils import timezone

from .idle import seconds_left
from .models import Theme


def shell(request):
    """What every page's frame needs; asks nothing of the database for strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"practice": None, "roles": frozenset(), "is_client": False}
    context = {
        "practice": user.practice,
        "roles": user.roles,
        "is_client": not user.roles,
        "themes": Theme.choices,
    }
    if sign_in := getattr(request, "sign_in", None):
        context["idle"] = {"left": seconds_left(sign_in, timezone.now())}
    return context
