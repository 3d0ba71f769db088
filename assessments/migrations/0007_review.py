import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0006_fewer_indexes"),
        ("clients", "0003_fewer_indexes"),
        ("practice", "0003_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewNote",
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
                ("scale", models.CharField(max_length=40)),
                ("about", models.CharField(blank=True, default="", max_length=40)),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("R1", "Reliably worse than at the start of the episode"),
                            (
                                "R2",
                                "No reliable improvement by a session, and not below the cut-off",
                            ),
                            ("R3", "Reliably worse than at its best"),
                            ("R4", "Two measures missed"),
                        ],
                        max_length=2,
                    ),
                ),
                ("up_to", models.DateTimeField()),
                ("noted_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="assessments.activity",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_notes",
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("client", "activity", "scale", "about", "rule", "up_to"),
                        name="review_note_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rule__in", ["R1", "R2", "R3", "R4"])),
                        name="review_note_rule_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__gte", models.F("noted_at")),
                            _connector="OR",
                        ),
                        name="review_note_taken_back_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReviewRules",
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
                ("worse", models.BooleanField(default=True)),
                ("no_gain", models.BooleanField(default=True)),
                ("lost", models.BooleanField(default=True)),
                ("missed", models.BooleanField(default=True)),
                ("by_session", models.PositiveSmallIntegerField(default=6)),
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
                "verbose_name_plural": "review rules",
                "constraints": [
                    models.UniqueConstraint(fields=("practice",), name="review_rules_one"),
                    models.CheckConstraint(
                        condition=models.Q(("by_session__range", (2, 50))),
                        name="review_rules_session_sane",
                    ),
                ],
            },
        ),
    ]
