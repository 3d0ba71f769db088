"""A record that is opened in an emergency. What was said stays, for as long as there is somebody
about whom it was; only that it was told is added."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids
from practice.database.policies import behind_the_wall, without_wall

STAYS = """
CREATE TRIGGER emergency_stays
    BEFORE UPDATE OF client_id, words, opened_at, until_at, created_by_id, practice_id
    ON clients_emergencyopening FOR EACH ROW EXECUTE FUNCTION practice_refuse();
CREATE TRIGGER emergency_erased BEFORE DELETE ON clients_emergencyopening
    FOR EACH ROW EXECUTE FUNCTION practice_only_when_erased();
"""
BACK = """
DROP TRIGGER emergency_erased ON clients_emergencyopening;
DROP TRIGGER emergency_stays ON clients_emergencyopening;
"""


WALLED = ("clients_emergencyopening",)


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0010_walls"),
        ("practice", "0010_erased"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyOpening",
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
                ("words", practice.fields.SealedTextField(default=str, editable=True)),
                ("opened_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergency_openings",
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
                        condition=models.Q(("told_at__isnull", True)),
                        fields=["opened_at"],
                        name="emergency_untold",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("created_by__isnull", False),
                            ("until_at__gt", models.F("opened_at")),
                            (
                                "until_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("opened_at"),
                                    "+",
                                    models.Value(datetime.timedelta(seconds=3600)),
                                ),
                            ),
                        ),
                        name="emergency_of_somebody_for_an_hour",
                    )
                ],
            },
        ),
        migrations.RunSQL(STAYS, BACK),
        migrations.RunSQL(behind_the_wall(*WALLED, crossing=True), without_wall(*WALLED)),
    ]
