"""Who can be asked to look after somebody."""

from django.db.models import QuerySet

from practice.models import Role, User


def clinicians_of(practice_id) -> QuerySet[User]:
    """Who works there today and may care, by name."""
    return (
        User.objects.filter(
            practice=practice_id,
            is_active=True,
            memberships__role=Role.CLINICIAN,
            memberships__ended_at__isnull=True,
        )
        .order_by("name", "pk")
        .distinct()
    )
