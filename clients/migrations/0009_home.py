"""What clients agree to, and their own plan. The words that somebody agreed to never change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids

FORWARD = """
CREATE TRIGGER consent_wording_immutable BEFORE UPDATE OR DELETE ON clients_consentwording
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();
"""
BACK = "DROP TRIGGER consent_wording_immutable ON clients_consentwording;"


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_work"),
        ("practice", "0006_look"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsentWording",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=practice.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("care", "My care team reads what I send"),
                            ("picture", "My numbers may be counted without my name"),
                        ],
                        max_length=10,
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("words", models.TextField()),
                ("published_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=practice.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("care", "My care team reads what I send"),
                            ("picture", "My numbers may be counted without my name"),
                        ],
                        max_length=10,
                    ),
                ),
                ("agreed_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("replaced_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consents",
                        to="clients.client",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.consentwording",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OwnPlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=practice.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("signs", practice.fields.SealedTextField(default=str, editable=True)),
                ("helps", practice.fields.SealedTextField(default=str, editable=True)),
                ("people", practice.fields.SealedTextField(default=str, editable=True)),
                ("place", practice.fields.SealedTextField(default=str, editable=True)),
                ("written_at", models.DateTimeField(null=True)),
                ("written_from", models.UUIDField(null=True)),
                ("shared_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="own_plan",
                        to="clients.client",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="consentwording",
            constraint=models.UniqueConstraint(
                fields=("practice", "kind", "number"), name="consent_wording_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="consentwording",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["care", "picture"]), ("number__gte", 1)),
                name="consent_wording_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True)),
                fields=("client", "kind"),
                name="consent_one_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("agreed_at__isnull", True), ("declined_at__isnull", False)),
                    models.Q(("agreed_at__isnull", False), ("declined_at__isnull", True)),
                    _connector="OR",
                ),
                name="consent_yes_or_no",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True),
                    ("withdrawn_at__gte", models.F("agreed_at")),
                    _connector="OR",
                ),
                name="consent_withdrawn_after_agreed",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["care", "picture"])), name="consent_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shared_at__isnull", True),
                    ("written_at__isnull", False),
                    _connector="OR",
                ),
                name="own_plan_shared_once_written",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
