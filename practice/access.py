"""Who may come in. Rows are reached through their own querysets: ``Client.objects.of(user)``."""

from functools import wraps

from django.http import Http404

from .models import Role

CARING = frozenset({Role.CLINICIAN})
READING = frozenset({Role.CLINICIAN, Role.SUPERVISOR})


def staff(*roles: str):
    """Only for people of the practice, or only for those with one of ``roles``; others get 404."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            held = request.user.roles
            if not held or (roles and not held.intersection(roles)):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.only_for = frozenset(roles)
        return guarded

    return decorate
