"""“Sign in with this phone”: the client's own passkeys. To add one takes the personal code: a page
that was left open makes nobody a key of their own."""

from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.access import client_only
from clients.forms import PersonalCodeForm
from practice import passkeys
from practice.forms.passkeys import NewPasskeyForm

CODE_GIVEN_AT = "code_for_device_at"  # in the session
GOOD_FOR = 300  # seconds


@client_only
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def devices(request):
    if "remove" in request.POST:
        return _remove(request)
    if "credential" in request.POST and _has_given_code(request):
        return _add(request)
    form = PersonalCodeForm(request.POST if "code" in request.POST else None)
    if form.is_valid() and _is_own_code(request, form):
        return redirect("clients:devices")
    context = {"form": form, "keys": passkeys.of_user(request.user)}
    if _has_given_code(request) and passkeys.are_possible(request):
        context["options"] = {"creation_options": begin_registration(request.user, True)}
    return render(request, "clients/devices.html", context)


def _is_own_code(request, form) -> bool:
    code, now = form.cleaned_data["code"].strip(), timezone.now()
    if actions.is_own_code(request.client, code=code, by=request.user, now=now):
        request.session[CODE_GIVEN_AT] = now.timestamp()
        return True
    form.add_error("code", _("That is not the code. Please try again, or later."))
    return False


def _has_given_code(request) -> bool:
    given = request.session.get(CODE_GIVEN_AT)
    return given is not None and timezone.now().timestamp() - given < GOOD_FOR


def _add(request):
    name = passkeys.device_in_words(request.headers.get("User-Agent", ""))
    sent = {"credential": request.POST["credential"], "name": name, "passwordless": "on"}
    form = NewPasskeyForm(sent, user=request.user)
    if form.is_valid():
        del request.session[CODE_GIVEN_AT]
        credential = form.cleaned_data["credential"]
        actions.add_passkey(request.client, credential=credential, name=name, by=request.user)
        messages.success(request, _("Kept. Next time you can sign in with this phone."))
    else:
        messages.error(request, _("That did not work on this device."))
    return redirect("clients:devices")


def _remove(request):
    key_id = request.POST["remove"]
    if key_id.isdecimal() and actions.remove_passkey(
        request.client, key_id=int(key_id), by=request.user
    ):
        messages.success(request, _("Removed. It opens nothing any more."))
    return redirect("clients:devices")
