"""A client's own plan for a hard hour."""

from django.db import models
from django.db.models import Q

from practice.fields import SealedTextField
from practice.models import DataClass, TenantModel

from .care import Client


class OwnPlan(TenantModel):
    """What a client wrote down for a hard hour, for themselves unless they share it.

    The idea of such a plan is that of Stanley & Brown 2012 (Safety planning intervention, Cognitive
    and Behavioral Practice 19:256-264); the words and the fields are ours, it is not their form,
    and nobody has tested it.
    """

    PARTS = ("signs", "helps", "people", "place")

    data_class = DataClass.CLINICAL
    kept = "with the client, or until they empty it"

    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="own_plan")
    signs = SealedTextField(default=str)
    helps = SealedTextField(default=str)
    people = SealedTextField(default=str)
    place = SealedTextField(default=str)
    written_at = models.DateTimeField(null=True)
    written_from = models.UUIDField(null=True)  # which open page that was: two tabs
    shared_at = models.DateTimeField(null=True)  # none: nobody but the client sees it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shared_at__isnull=True) | Q(written_at__isnull=False),
                name="own_plan_shared_once_written",
            )
        ]

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, part) for part in self.PARTS)
