"""Programs and permissions do not change either, nor how and when a response came in."""

from django.db import migrations

FORWARD = """
CREATE TRIGGER program_version_immutable BEFORE UPDATE OR DELETE ON assessments_programversion
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();

CREATE TRIGGER text_permission_immutable BEFORE UPDATE OR DELETE ON assessments_textpermission
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();

CREATE TRIGGER response_origin_stays BEFORE UPDATE ON assessments_response
    FOR EACH ROW
    WHEN (NEW.mode IS DISTINCT FROM OLD.mode OR NEW.filled_on IS DISTINCT FROM OLD.filled_on)
    EXECUTE FUNCTION practice_refuse();

CREATE TRIGGER score_stays BEFORE UPDATE ON assessments_score
    FOR EACH ROW EXECUTE FUNCTION practice_refuse();
"""

BACK = """
DROP TRIGGER score_stays ON assessments_score;
DROP TRIGGER response_origin_stays ON assessments_response;
DROP TRIGGER text_permission_immutable ON assessments_textpermission;
DROP TRIGGER program_version_immutable ON assessments_programversion;
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0003_library_grows")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
