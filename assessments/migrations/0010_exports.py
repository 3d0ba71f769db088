import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0009_alerts"),
        ("clients", "0004_session_sheet"),
        ("practice", "0003_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
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
                            ("tables", "Tables for a statistics program (CSV in a zip)"),
                            ("workbook", "A workbook for Excel or LibreOffice (XLSX)"),
                            ("fhir", "A bundle for another record system (FHIR R4)"),
                            ("report", "A report to read (PDF)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("with_words", models.BooleanField()),
                ("from_day", models.DateField(null=True)),
                ("until_day", models.DateField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("begun", models.PositiveSmallIntegerField(default=0)),
                ("claim", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "This is no longer a record that you may read."),
                            (
                                "some_left",
                                "Somebody left your caseload meanwhile. Please ask again.",
                            ),
                            ("erased", "A record was erased meanwhile. Nothing was made of it."),
                            (
                                "too_much",
                                "It was too much for one file. Please choose a shorter time.",
                            ),
                            (
                                "nothing",
                                "Nothing was sent in that time, so there is nothing to take out.",
                            ),
                            ("broke", "It could not be made. Please ask again."),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "clients",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("file", practice.fields.SealedBytesField(editable=True, null=True)),
                ("emptied_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
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
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("done_at__isnull", True),
                            ("emptied_at__isnull", True),
                            ("failed_at__isnull", True),
                        ),
                        fields=["asked_at"],
                        name="export_to_make",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("done_at__isnull", False), ("emptied_at__isnull", True)
                        ),
                        fields=["done_at"],
                        name="export_full",
                    ),
                    models.Index(fields=["created_by", "-asked_at"], name="export_by_asker"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["tables", "workbook", "fhir", "report"])),
                        name="export_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("from_day__isnull", True),
                            ("until_day__isnull", True),
                            ("until_day__gte", models.F("from_day")),
                            _connector="OR",
                        ),
                        name="export_until_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claim__isnull", True), ("lease_until__isnull", True)),
                            models.Q(
                                ("claim__isnull", False),
                                ("done_at__isnull", True),
                                ("failed_at__isnull", True),
                                ("lease_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="export_claim_has_lease",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failed_at__isnull", True), ("why", "")),
                            models.Q(
                                ("done_at__isnull", True),
                                ("failed_at__isnull", False),
                                (
                                    "why__in",
                                    ["left", "some_left", "erased", "too_much", "nothing", "broke"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="export_failed_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done__lte", models.F("total"))),
                        name="export_done_within_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("emptied_at__isnull", True),
                                ("file__isnull", False),
                            ),
                            models.Q(("done_at__isnull", True), ("file__isnull", True)),
                            models.Q(("emptied_at__isnull", False), ("file__isnull", True)),
                            _connector="OR",
                        ),
                        name="export_file_while_kept",
                    ),
                ],
            },
        ),
    ]
