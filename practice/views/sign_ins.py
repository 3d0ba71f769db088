"""Where somebody is signed in, and how they sign out elsewhere."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from practice import actions
from practice.access import staff
from practice.models import SignIn


@staff()
@require_http_methods(["GET", "POST"])
def sign_ins(request):
    return page(request, "practice/sign_ins.html", back_to="sign_ins")


def page(request, template, *, back_to):
    """The list; and posted, signing out one of them or all others. For staff and for clients."""
    mine = SignIn.objects.of(request.user).live(timezone.now())
    if request.method == "POST":
        _end(request, mine)
        return redirect(back_to)
    context = {"sign_ins": mine.order_by("-acted_at"), "here": request.sign_in.pk}
    return render(request, template, context)


def _end(request, mine):
    if which := request.POST.get("which"):
        others = mine.exclude(pk=request.sign_in.pk)
        actions.end_sign_in(get_object_or_404(others, pk=_id(which)), by=request.user)
        messages.success(request, _("Signed out there."))
        return
    ended = actions.end_others(request.user, but=request.sign_in.pk, by=request.user)
    words = ngettext("Signed out in %(n)s place.", "Signed out in %(n)s places.", ended)
    messages.success(request, words % {"n": ended})


def _id(which: str) -> UUID:
    try:
        return UUID(which)
    except ValueError as error:
        raise Http404 from error
