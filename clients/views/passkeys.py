"""“Sign in with this phone”: the client's own passkeys. To add or remove one takes the personal
code: a page that was left open makes nobody a key of their own, and takes nobody's away."""

from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.access import client_only, has_just_given_code, note_code_given
from clients.forms import OwnCodeForm
from practice import passkeys
from practice.forms.passkeys import NewPasskeyForm


@client_only
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def devices(request):
    now = timezone.now()
    has_given_code = has_just_given_code(request, now)
    if has_given_code and "remove" in request.POST:
        return _remove(request)
    if has_given_code and "credential" in request.POST:
        return _add(request)
    typed = request.POST if "code" in request.POST else None
    form = OwnCodeForm(typed, client=request.client, by=request.user)
    if form.is_valid():
        note_code_given(request, now)
        return redirect("clients:devices")
    keys, is_possible = passkeys.of_user(request.user), passkeys.are_possible(request)
    context = {"form": form, "keys": keys, "has_given_code": has_given_code}
    context["asks_code"] = not has_given_code and (keys or is_possible)
    if has_given_code and is_possible:
        context["options"] = {"creation_options": begin_registration(request.user, True)}
    return render(request, "clients/devices.html", context)


def _add(request):
    name = passkeys.device_in_words(request.headers.get("User-Agent", ""))
    sent = {"credential": request.POST["credential"], "name": name, "passwordless": "on"}
    form = NewPasskeyForm(sent, user=request.user)
    if form.is_valid():
        credential = form.cleaned_data["credential"]
        actions.add_passkey(request.client, credential=credential, name=name, by=request.user)
        messages.success(request, _("Kept. Next time you can sign in with this phone."))
    else:
        messages.error(request, _("That did not work on this device."))
    return redirect("clients:devices")


def _remove(request):
    key_id = request.POST["remove"]
    if key_id.isdecimal() and actions.remove_passkey(
        request.client, key_id=int(key_id), here=request.sign_in, by=request.user
    ):
        words = _("Removed. It opens nothing any more, and you are signed out everywhere else.")
        messages.success(request, words)
    return redirect("clients:devices")
