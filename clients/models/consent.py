"""What a client agreed to, in which words, from when to when."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from practice.models import DataClass, TenantModel

from .care import Client


class Agreement(models.TextChoices):
    """What is agreed to. Care is needed to be asked anything here; the picture is a free choice."""

    CARE = "care", _("My care team reads what I send")
    PICTURE = "picture", _("My numbers may be counted without my name")


# What holds until a practice has written its own words; the same in each of its languages.
HOUSE_WORDS = {
    Agreement.CARE: _(
        "My care team may read what I send here and use it for my care. It is written down when "
        "they read it. I can take this back at any time."
    ),
    Agreement.PICTURE: _(
        "The practice may count my numbers, together with those of others, to see how well its "
        "questions work and how people get on. No name goes with them, and numbers of a few people "
        "are never shown. My care stays the same if I say no. I can take this back at any time."
    ),
}


class ConsentWording(TenantModel):
    """One version of the words that clients agree to. It never changes: a trigger refuses it."""

    data_class = DataClass.PUBLIC
    kept = "as long as a consent points at it"

    kind = models.CharField(max_length=10, choices=Agreement)
    number = models.PositiveSmallIntegerField()
    words = models.TextField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "kind", "number"], name="consent_wording_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Agreement.values, number__gte=1),
                name="consent_wording_known",
            ),
        ]

    @classmethod
    def current_of(cls, practice) -> dict[str, Self]:
        """The newest words of each kind; what is not in the database yet are the words of the
        house, which the first consent to them writes down."""
        rows = cls.objects.filter(practice=practice).order_by("kind", "-number").distinct("kind")
        found = {row.kind: row for row in rows}
        return {kind: found.get(kind) or cls._of_the_house(practice, kind) for kind in Agreement}

    @classmethod
    def _of_the_house(cls, practice, kind) -> Self:
        with translation.override(practice.language):
            return cls(practice=practice, kind=kind, number=1, words=str(HOUSE_WORDS[kind]))


class ConsentQuerySet(models.QuerySet):
    def standing(self):
        """The newest word of a client about each thing, a no as well."""
        return self.filter(replaced_at__isnull=True)

    def given(self, kind):
        """Agreed to, and not taken back."""
        return self.standing().filter(kind=kind, agreed_at__isnull=False, withdrawn_at__isnull=True)

    def refused(self, kind):
        """Said no to, or taken back. Whoever was not asked yet has refused nothing."""
        no = Q(declined_at__isnull=False) | Q(withdrawn_at__isnull=False)
        return self.standing().filter(no, kind=kind)

    def given_by(self, reference: str, kind):
        """For a condition: whether the client whom ``reference`` names agrees."""
        return Exists(self.given(kind).filter(client=OuterRef(reference)))


class Consent(TenantModel):
    """What a client said to one wording: yes or no, and when they took a yes back."""

    data_class = DataClass.CLINICAL
    kept = "with the client"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=10, choices=Agreement)
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)  # they were asked again, and said something

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "kind"],
                condition=Q(replaced_at__isnull=True),
                name="consent_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, declined_at__isnull=False)
                | Q(agreed_at__isnull=False, declined_at__isnull=True),
                name="consent_yes_or_no",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("agreed_at")),
                name="consent_withdrawn_after_agreed",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Agreement.values), name="consent_kind_known"
            ),
        ]

    @property
    def is_given(self) -> bool:
        return self.agreed_at is not None and self.withdrawn_at is None

    @property
    def said_at(self):
        """When they last said anything about it."""
        return self.withdrawn_at or self.agreed_at or self.declined_at
