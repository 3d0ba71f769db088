"""Signing in with a code in a mail. Both pages do the same whoever is asked about."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from practice import codes, knocks, limits
from practice.access import is_ours
from practice.forms.signing_in import AskCodeForm, GiveCodeForm

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


@login_not_required
@require_http_methods(["GET", "POST"])
def code_ask(request):
    if request.user.is_authenticated:
        return redirect("home")
    form = AskCodeForm(request.POST or None)
    if form.is_valid() and _asked(request, form.cleaned_data["email"]):
        return _with_next(request, "account_confirm_login_code")
    context = {"form": form, "next": _next(request)}
    return render(request, "account/request_login_code.html", context)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def code_give(request):
    asked = codes.Asked.of(request.session, timezone.now())
    if asked is None or request.user.is_authenticated:
        return redirect("home" if request.user.is_authenticated else "account_request_login_code")
    is_again = request.POST.get("action") == "resend"
    form = GiveCodeForm(None if is_again else request.POST or None)
    if is_again and _asked(request, asked.email):
        messages.success(request, _("A new code is on its way. The old one works no longer."))
        return _with_next(request, "account_confirm_login_code")
    if form.is_valid() and _may(request, limits.may_try, asked.email):
        if codes.try_code(request.session, asked, form.cleaned_data["code"]):
            return _let_in(request, asked.email)
        knocks.note_failed("code", asked.email, now=timezone.now())
        if codes.ASKED not in request.session:
            messages.error(request, _("That was not the code. Please ask for a new one."))
            return _with_next(request, "account_request_login_code")
        form.add_error("code", _("That is not the code. Please try again."))
    context = {"form": form, "email": asked.email, "next": _next(request)}
    return render(request, "account/confirm_login_code.html", context)


def _asked(request, email) -> bool:
    if not _may(request, limits.may_ask, email):
        return False
    codes.ask(request.session, email, now=timezone.now())
    return True


def _may(request, limit, email) -> bool:
    is_allowed = limit(request, email)
    if not is_allowed:
        messages.error(request, _("That was often in a short time. Please wait a little."))
    return is_allowed


def _let_in(request, email):
    user = codes.owner_of(email)
    if user is None:  # closed since the code was sent
        return redirect("account_request_login_code")
    then = _next(request)
    login(request, user, backend=BACKEND)
    return redirect(then or "home")


def _next(request) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if is_ours(request, wanted) else ""


def _with_next(request, name):
    then = _next(request)
    return redirect(reverse(name, query={"next": then} if then else None))
