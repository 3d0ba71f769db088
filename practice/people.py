"""Who works here, as a list: since when, whether a second factor is set up, and last seen when."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, Max, OuterRef, Prefetch, Subquery
from django.db.models.functions import Greatest

from .models import Membership, User


def colleagues_of(user):
    """The staff of the practice of ``user`` with what the list says of each, by name."""
    current = Membership.objects.current().order_by("created_at")
    factors = Authenticator.objects.filter(user=OuterRef("pk"))
    return (
        User.objects.staff_of(user)
        .annotate(
            since=Subquery(current.filter(user=OuterRef("pk")).values("created_at")[:1]),
            seen_at=Greatest("last_login", Max("sign_ins__acted_at")),
            has_second_factor=Exists(factors.exclude(type=Authenticator.Type.RECOVERY_CODES)),
        )
        .prefetch_related(Prefetch("memberships", queryset=current, to_attr="current_roles"))
        .order_by("name", "pk")
    )
