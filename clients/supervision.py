"""A supervisor says why before they open the record of somebody whom they do not look after.

One place for all pages of one client: ``Client.objects.of`` does not find the client until the
reason is given, so the view answers 404, and what is here turns that into the question. Whoever is
no supervisor of that practice is left with the 404.
"""

from uuid import UUID

from django.apps import apps
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from practice.models import Role, TenantModel

from .models import Client


class AskWhyMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Http404) or not _may_supervise(request):
            return None
        client = client_to_ask_for(request.user, client_id_of(request))
        if client is None:
            return None
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('clients:reason', args=[client.pk])}?{query}")


def client_to_ask_for(user, client_id) -> Client | None:
    """One of the practice, whose record is shut to ``user`` until they have said why."""
    found = Client.objects.listed_for(user).filter(pk=client_id).first()
    if found is None or Client.objects.of(user).filter(pk=client_id).exists():
        return None
    return found


def _may_supervise(request) -> bool:
    """A supervisor, at a page that is for supervisors at all."""
    user, match = request.user, request.resolver_match
    if not user.is_authenticated or Role.SUPERVISOR not in user.roles or match is None:
        return False
    only_for = getattr(match.func, "only_for", None)
    return only_for is not None and (not only_for or Role.SUPERVISOR in only_for)


def client_id_of(request) -> UUID | None:
    """Whose record the page is about: an address of ours names a row as ``response_id``, after its
    model, so that no floor above has to be known here."""
    for name, pk in request.resolver_match.kwargs.items():
        model = _about_a_client(name.removesuffix("_id"))
        if model is not None:
            rows = model.objects.filter(practice=request.user.practice_id, pk=pk)
            return rows.values_list("pk" if model is Client else "client_id", flat=True).first()
    try:
        return UUID(request.GET.get("client", ""))
    except ValueError:
        return None


def _about_a_client(name: str) -> type[TenantModel] | None:
    """A model whose rows are read by whoever may read the client, and not by their maker alone."""
    for model in apps.get_models():
        is_named = model._meta.model_name == name and issubclass(model, TenantModel)
        if is_named and _has_client(model) and hasattr(model._default_manager, "of"):
            return model
    return None


def _has_client(model) -> bool:
    """A column: what is left of somebody erased has their number, and no client any more."""
    return model is Client or any(each.attname == "client_id" for each in model._meta.fields)
