"""What a client has done, sent or not, for themselves: as a list that can be searched."""

from assessments.models import Response


def sent_by(client, *, search: str = ""):
    """The newest first, without the answers: a list only names them."""
    found = (
        Response.objects.own_of(client)
        .defer("answers")
        .select_related("version")
        .order_by("-done_at", "-pk")
    )
    return found.filter(version__content__title__icontains=search) if search else found
