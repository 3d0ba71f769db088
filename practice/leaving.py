"""Leaving and signing out: afterwards nothing of it is on the device, nor opens from it."""

from django.contrib.auth import SESSION_KEY, logout

# A cookie that leave.js sets before anything else: whoever left offline, or while the server hung,
# is signed out by the next request of that browser, from whichever tab.
LEFT = "l"
# Passkeys are the device's own and stay. Cookies are kept here: the server has ended the session
# behind them, and the sentence "you are signed out" is one.
NOTHING_STAYS = '"cache", "storage"'


class LeavingMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        was_in, has_left = SESSION_KEY in request.session, LEFT in request.COOKIES
        if has_left:
            logout(request)
        response = self.get_response(request)
        if has_left:
            response.delete_cookie(LEFT)
        if was_in and SESSION_KEY not in request.session:
            response.headers.setdefault("Clear-Site-Data", NOTHING_STAYS)
        return response
