"""What the check of the audit trail found; sign-ins that failed; and the trail can't be emptied at
one stroke either.

A trigger for each row does not see TRUNCATE.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.ids
from practice.database.policies import behind_the_wall, without_wall

NOT_EMPTIED = """
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON practice_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION practice_refuse();
"""
BACK = "DROP TRIGGER audit_not_emptied ON practice_auditevent;"


WALLED = ("practice_auditcheck",)


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0007_walls"),
    ]

    operations = [
        migrations.RunSQL(NOT_EMPTIED, BACK),
        migrations.CreateModel(
            name="AuditCheck",
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
                ("at", models.DateTimeField()),
                ("last", models.BigIntegerField()),
                ("bad_number", models.BigIntegerField(null=True)),
                ("fault", models.CharField(blank=True, max_length=12)),
                ("anchored_number", models.BigIntegerField(null=True)),
                ("anchored_at", models.DateTimeField(null=True)),
                ("lines_forged", models.PositiveIntegerField(db_default=0, default=0)),
                ("lost_number", models.BigIntegerField(null=True)),
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
                    models.UniqueConstraint(fields=("practice",), name="audit_check_newest"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bad_number__isnull", True), ("fault", "")),
                            models.Q(
                                ("bad_number__isnull", False),
                                models.Q(("fault", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="audit_check_fault_and_where",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("anchored_at__isnull", True), ("anchored_number__isnull", True)
                            ),
                            models.Q(
                                ("anchored_at__isnull", False), ("anchored_number__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="audit_check_anchor_whole",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="knock",
            name="knock_kind_known",
        ),
        migrations.AlterField(
            model_name="knock",
            name="kind",
            field=models.CharField(
                choices=[
                    ("code", "Code"),
                    ("password", "Password"),
                    ("link", "Link"),
                    ("note", "Note"),
                    ("staff", "Staff"),
                    ("failed", "Failed"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="knock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["code", "password", "link", "note", "staff", "failed"])
                ),
                name="knock_kind_known",
            ),
        ),
        migrations.RunSQL(behind_the_wall(*WALLED), without_wall(*WALLED)),
    ]
