"""Where one goes on after assigning: to the session sheet one came from, or to the work."""

from uuid import UUID

from django.urls import reverse

from clients.models import Session


def after_assigning(request, client) -> str:
    try:
        session_id = UUID(request.GET.get("sheet", ""))
    except ValueError:
        session_id = None
    if session_id and Session.objects.filter(client=client, pk=session_id).exists():
        return reverse("assessments:sheet", args=[session_id])
    return reverse("assessments:work", args=[client.pk])
