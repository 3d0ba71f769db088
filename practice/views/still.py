"""Is somebody still there? Asked by pages that have been left open; asking keeps nothing alive."""

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from practice import actions
from practice.access import ask_to_sign_in, is_ours
from practice.idle import is_last, polled, seconds_left


@polled
@login_not_required
@require_safe
def still_left(request):
    """For the script in every frame: how long this sign-in lasts, by the clock of the server."""
    sign_in = request.sign_in
    if sign_in is None:
        return JsonResponse({"left": 0, "is_last": False})
    left = seconds_left(sign_in, timezone.now())
    return JsonResponse({"left": left, "is_last": is_last(sign_in)})


@polled
@login_not_required
@require_http_methods(["GET", "POST"])
def still(request):
    """GET: the question, where a browser without scripts is led. POST: somebody says yes."""
    then = request.POST.get("next") or request.GET.get("next", "")
    if request.sign_in is None:
        return ask_to_sign_in(request, then)
    if request.method == "POST":
        actions.go_on(request.sign_in, now=timezone.now())
        return redirect(then if is_ours(request, then) else "home")
    return render(request, "practice/still.html", {"then": then})
