"""The portal's door: only for the client who is signed in."""

from functools import wraps

from django.http import Http404


def client_only(view):
    """Puts the client on ``request.client``; staff and strangers get 404."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        user = request.user  # PeopleBackend fetched the client with it
        request.client = getattr(user, "client", None)
        if request.client is None or request.client.practice_id != user.practice_id:
            raise Http404
        request.client.practice = user.practice
        return view(request, *args, **kwargs)

    return guarded
