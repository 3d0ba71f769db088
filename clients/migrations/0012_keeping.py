"""How long records are kept, legal holds, who is to be forgotten, and until when a portal is open.

A hold is stronger than any page: while one stands, nobody is written down as erased, and without
that the rows that are never deleted by themselves refuse to go.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids
from practice.database.policies import behind_the_wall, without_wall

FORWARD = """
CREATE FUNCTION clients_refuse_under_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM clients_legalhold WHERE client_id = NEW.id AND lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'a legal hold stands for client %', NEW.id
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'erased_not_under_hold';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER erased_not_under_hold BEFORE INSERT ON practice_erased
    FOR EACH ROW EXECUTE FUNCTION clients_refuse_under_hold();
CREATE TRIGGER legal_hold_stands BEFORE DELETE ON clients_legalhold
    FOR EACH ROW WHEN (OLD.lifted_at IS NULL) EXECUTE FUNCTION practice_refuse();
CREATE TRIGGER legal_hold_erased BEFORE DELETE ON clients_legalhold
    FOR EACH ROW WHEN (OLD.lifted_at IS NOT NULL) EXECUTE FUNCTION practice_only_when_erased();
CREATE TRIGGER legal_hold_stays BEFORE UPDATE ON clients_legalhold
    FOR EACH ROW WHEN (
        OLD.lifted_at IS NOT NULL
        OR NEW.client_id IS DISTINCT FROM OLD.client_id
        OR NEW.reason IS DISTINCT FROM OLD.reason
        OR NEW.since IS DISTINCT FROM OLD.since
    )
    EXECUTE FUNCTION practice_refuse();

-- What was said stays as it was said, for as long as there is somebody about whom it was.
DROP TRIGGER supervision_reason_stays ON clients_supervisionreason;
CREATE TRIGGER supervision_reason_stays BEFORE UPDATE ON clients_supervisionreason
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();
CREATE TRIGGER supervision_reason_erased BEFORE DELETE ON clients_supervisionreason
    FOR EACH ROW EXECUTE FUNCTION practice_only_when_erased();
"""

BACK = """
DROP TRIGGER supervision_reason_erased ON clients_supervisionreason;
DROP TRIGGER supervision_reason_stays ON clients_supervisionreason;
CREATE TRIGGER supervision_reason_stays BEFORE UPDATE OR DELETE ON clients_supervisionreason
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();
DROP TRIGGER legal_hold_stays ON clients_legalhold;
DROP TRIGGER legal_hold_erased ON clients_legalhold;
DROP TRIGGER legal_hold_stands ON clients_legalhold;
DROP TRIGGER erased_not_under_hold ON practice_erased;
DROP FUNCTION clients_refuse_under_hold();
"""


WALLED = (
    "clients_erasurerequest",
    "clients_legalhold",
    "clients_retentionnotice",
    "clients_retentionpolicy",
)


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0011_emergency"),
        ("practice", "0010_erased"),
    ]
    operations = [
        migrations.AddField(
            model_name="client",
            name="portal_closes_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="ErasureRequest",
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
                            ("wish", "They asked to be forgotten"),
                            ("mistake", "They were added by mistake: no care was given"),
                        ],
                        max_length=8,
                    ),
                ),
                ("words", practice.fields.SealedTextField(default=str, editable=True)),
                ("asked_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="erasure_requests",
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
                        fields=("client",),
                        name="erasure_request_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["wish", "mistake"])),
                        name="erasure_request_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__gte", models.F("asked_at")),
                            _connector="OR",
                        ),
                        name="erasure_request_taken_back_later",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
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
                ("reason", practice.fields.SealedTextField(editable=True)),
                ("since", models.DateTimeField()),
                ("look_again_on", models.DateField(null=True)),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legal_holds",
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
                    "lifted_by",
                    models.ForeignKey(
                        db_index=False,
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
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("client",),
                        name="legal_hold_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                            models.Q(
                                ("lifted_at__gte", models.F("since")),
                                ("lifted_at__isnull", False),
                                ("lifted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="legal_hold_lifted_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionNotice",
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
                    "stage",
                    models.CharField(
                        choices=[
                            ("half_year", "half a year before"),
                            ("month", "a month before"),
                            ("week", "a week before"),
                            ("due", "on the day"),
                        ],
                        max_length=10,
                    ),
                ),
                ("due_on", models.DateField()),
                ("told_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="retention_notices",
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
                        fields=("client", "due_on", "stage"), name="retention_notice_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["half_year", "month", "week", "due"])),
                        name="retention_notice_stage_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionPolicy",
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
                ("law", models.CharField(blank=True, default="", max_length=20)),
                ("years", models.PositiveSmallIntegerField(default=10)),
                ("why_shorter", practice.fields.SealedTextField(default=str, editable=True)),
                ("grace_days", models.PositiveSmallIntegerField(default=30)),
                ("second_person", models.BooleanField(default=False)),
                ("by_itself_since", models.DateTimeField(null=True)),
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
                "verbose_name_plural": "retention policies",
                "constraints": [
                    models.UniqueConstraint(fields=("practice",), name="retention_policy_one"),
                    models.CheckConstraint(
                        condition=models.Q(("grace_days__lte", 365), ("years__range", (1, 100))),
                        name="retention_policy_sane",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACK),
        migrations.RunSQL(behind_the_wall(*WALLED), without_wall(*WALLED)),
    ]
