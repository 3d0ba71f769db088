"""Who was erased: written before the first row goes, and never changed.

``practice_only_when_erased`` is for rows that are never deleted but with the person they are about.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids
from practice.database.policies import behind_the_wall, without_wall

FORWARD = """
CREATE TRIGGER erased_stays BEFORE UPDATE OR DELETE ON practice_erased
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();

CREATE FUNCTION practice_only_when_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM practice_erased WHERE id = OLD.client_id) THEN
        RAISE EXCEPTION '% on % is not allowed: their client was not erased', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN OLD;
END $$;
"""

BACK = """
DROP FUNCTION practice_only_when_erased();
DROP TRIGGER erased_stays ON practice_erased;
"""


WALLED = ("practice_erased",)


class Migration(migrations.Migration):
    dependencies = [("practice", "0009_keys")]
    operations = [
        migrations.CreateModel(
            name="Erased",
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
                    "why",
                    models.CharField(
                        choices=[
                            ("wish", "The client asked for it"),
                            ("over", "Their record had been kept for long enough"),
                            ("mistake", "Added by mistake: no care was given"),
                        ],
                        max_length=8,
                    ),
                ),
                ("early", practice.fields.SealedTextField(default=str, editable=True)),
                ("erased_at", models.DateTimeField()),
                ("asked_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField()),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "verbose_name_plural": "erased",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["wish", "over", "mistake"])),
                        name="erased_why_known",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunSQL(behind_the_wall(*WALLED), without_wall(*WALLED)),
    ]
