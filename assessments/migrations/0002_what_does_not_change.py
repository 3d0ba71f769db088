"""Published versions and submitted answers do not change, whoever asks."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER version_immutable BEFORE UPDATE OR DELETE ON assessments_activityversion
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();

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

BACK = """
DROP TRIGGER response_submitted_stays ON assessments_response;
DROP TRIGGER version_immutable ON assessments_activityversion;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0001_initial"),
        ("practice", "0002_audit_chain_and_cache"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACK)]
