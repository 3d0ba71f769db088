"""Who is away and who covers, why a record was opened, and from whom a client was taken over.

The trigger is the last wall: whoever is in care has somebody who is first responsible, works here
and may care. It looks when a transaction commits, so that a hand-over may pass through a moment in
which nobody is. It takes no lock (behind the audit line nobody may wait for another row): against
two at once the verbs lock the person (docs/decisions/025).
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids

FORWARD = """
CREATE FUNCTION clients_refuse_orphan(the_client uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM clients_episode WHERE client_id = the_client AND closed_at IS NULL
    ) AND NOT EXISTS (
        SELECT 1 FROM clients_careteam team
        JOIN practice_user person ON person.id = team.clinician_id AND person.is_active
        JOIN practice_membership held ON held.user_id = team.clinician_id
            AND held.role = 'clinician' AND held.ended_at IS NULL
        WHERE team.client_id = the_client AND team.until IS NULL AND team.is_primary
    ) THEN
        RAISE EXCEPTION 'client % is in care and nobody is first responsible', the_client
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'client_in_care_has_primary';
    END IF;
END $$;

CREATE FUNCTION clients_row_leaves_no_orphan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM clients_refuse_orphan(NEW.client_id);
    RETURN NULL;
END $$;

CREATE FUNCTION clients_person_leaves_no_orphan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM clients_refuse_orphan(team.client_id) FROM clients_careteam team
        WHERE team.until IS NULL AND team.is_primary AND team.clinician_id =
            CASE TG_TABLE_NAME WHEN 'practice_user' THEN (to_jsonb(NEW)->>'id')::uuid
                               ELSE (to_jsonb(NEW)->>'user_id')::uuid END;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER episode_no_orphan AFTER INSERT OR UPDATE ON clients_episode
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION clients_row_leaves_no_orphan();
CREATE CONSTRAINT TRIGGER care_team_no_orphan AFTER INSERT OR UPDATE ON clients_careteam
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION clients_row_leaves_no_orphan();
CREATE CONSTRAINT TRIGGER membership_no_orphan AFTER UPDATE OF ended_at ON practice_membership
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION clients_person_leaves_no_orphan();
CREATE CONSTRAINT TRIGGER user_no_orphan AFTER UPDATE OF is_active ON practice_user
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NOT NEW.is_active)
    EXECUTE FUNCTION clients_person_leaves_no_orphan();

CREATE TRIGGER supervision_reason_stays BEFORE UPDATE OR DELETE ON clients_supervisionreason
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();
"""

BACK = """
DROP TRIGGER supervision_reason_stays ON clients_supervisionreason;
DROP TRIGGER user_no_orphan ON practice_user;
DROP TRIGGER membership_no_orphan ON practice_membership;
DROP TRIGGER care_team_no_orphan ON clients_careteam;
DROP TRIGGER episode_no_orphan ON clients_episode;
DROP FUNCTION clients_person_leaves_no_orphan();
DROP FUNCTION clients_row_leaves_no_orphan();
DROP FUNCTION clients_refuse_orphan(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0004_session_sheet"),
        ("practice", "0006_look"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="careteam",
            name="handover_read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="careteam",
            name="taken_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="note_of",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.CreateModel(
            name="Absence",
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
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("tells_clients", models.BooleanField(default=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "clinician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
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
        ),
        migrations.CreateModel(
            name="Cover",
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
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "absence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="clients.absence",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "covering",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
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
        ),
        migrations.CreateModel(
            name="SupervisionReason",
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
                            ("session", "A supervision session"),
                            ("cover", "Somebody is away"),
                            ("incident", "A complaint or an incident"),
                            ("quality", "A review of our quality"),
                            ("asked", "The client asked for it"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", practice.fields.SealedTextField(default=str, editable=True)),
                ("given_at", models.DateTimeField()),
                ("until_at", models.DateTimeField()),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="supervision_reasons",
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
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                name="absence_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("client__isnull", True), ("ended_at__isnull", True)),
                fields=("absence",),
                name="cover_one_for_all",
            ),
        ),
        migrations.AddConstraint(
            model_name="cover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("client__isnull", False), ("ended_at__isnull", True)),
                fields=("absence", "client"),
                name="cover_one_per_client",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionreason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("why__in", ["session", "cover", "incident", "quality", "asked", "other"])
                ),
                name="supervision_reason_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="supervisionreason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("created_by__isnull", False), ("until_at__gt", models.F("given_at"))
                ),
                name="supervision_reason_of_somebody_for_a_time",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
