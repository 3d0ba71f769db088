"""What stays with the client: kept to themselves, or taken back before anybody read it."""

from django.conf import settings
from django.db import migrations, models

import practice.fields

# What was sent does not change. One thing may happen to it: its client takes it back, whole and as
# it is, while nobody has read it. What is kept to oneself does not change either.
FORWARD = """
DROP TRIGGER response_submitted_stays ON assessments_response;
CREATE TRIGGER response_submitted_stays BEFORE UPDATE ON assessments_response
    FOR EACH ROW
    WHEN ((OLD.submitted_at IS NOT NULL OR OLD.finished_at IS NOT NULL) AND (
        NEW.answers IS DISTINCT FROM OLD.answers
        OR NEW.version_id IS DISTINCT FROM OLD.version_id
        OR NEW.occurrence_id IS DISTINCT FROM OLD.occurrence_id
        OR NEW.client_id IS DISTINCT FROM OLD.client_id
        OR (NEW.submitted_at IS NULL AND NEW.finished_at IS NULL)
        OR (OLD.submitted_at IS NOT NULL
            AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
            AND (NEW.submitted_at IS NOT NULL
                 OR OLD.read_at IS NOT NULL
                 OR OLD.shown_at IS NOT NULL
                 OR OLD.discussed_at IS NOT NULL
                 OR OLD.mode <> 'portal'))
    ))
    EXECUTE FUNCTION practice_refuse();
"""

BACK = """
DROP TRIGGER response_submitted_stays ON assessments_response;
CREATE TRIGGER response_submitted_stays BEFORE UPDATE ON assessments_response
    FOR EACH ROW
    WHEN (OLD.submitted_at IS NOT NULL AND (
        NEW.answers IS DISTINCT FROM OLD.answers
        OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
        OR NEW.version_id IS DISTINCT FROM OLD.version_id
        OR NEW.occurrence_id IS DISTINCT FROM OLD.occurrence_id
        OR NEW.client_id IS DISTINCT FROM OLD.client_id
    ))
    EXECUTE FUNCTION practice_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0013_safety"),
        ("clients", "0009_home"),
        ("practice", "0006_look"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="response",
            name="response_one_draft",
        ),
        migrations.AddField(
            model_name="response",
            name="changes",
            field=practice.fields.SealedJSONField(
                db_default=models.Value(b"", output_field=models.BinaryField()),
                default=dict,
                editable=True,
            ),
        ),
        migrations.AddField(
            model_name="response",
            name="finished_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="kept_to_self_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="shown_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="response",
            name="number",
            field=models.PositiveIntegerField(default=1, null=True),
        ),
        migrations.AddIndex(
            model_name="response",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False)),
                fields=["client", "-finished_at"],
                name="response_private",
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at__isnull", True), ("submitted_at__isnull", True)),
                fields=("occurrence",),
                name="response_one_draft",
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kept_to_self_at__isnull", True),
                    models.Q(
                        ("brought_at__isnull", True),
                        ("shown_at__isnull", True),
                        ("submitted_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="response_private_or_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("number__isnull", False)),
                    models.Q(
                        ("finished_at__isnull", False),
                        ("kept_to_self_at__isnull", False),
                        ("number__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="response_finished_is_private",
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("shown_at__isnull", True), ("submitted_at__isnull", False), _connector="OR"
                ),
                name="response_shown_after_submitted",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
