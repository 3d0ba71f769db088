"""The portal's door: only for the client who is signed in."""

from functools import wraps

from django.http import Http404

from .models import Client


def client_only(view):
    """Puts the client on ``request.client``; staff and strangers get 404."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        request.client = (
            Client.objects.myself(request.user).select_related("practice", "user").first()
        )
        if request.client is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
