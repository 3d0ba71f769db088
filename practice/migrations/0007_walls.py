"""Row-level security by practice (practice/database/policies.py).

The version before knows no wall and would see no rows: this one is not for a rolling upgrade
(docs/decisions/035).
"""

from django.db import migrations

from practice.database.policies import (
    FUNCTION,
    NO_FUNCTION,
    behind_the_wall,
    without_wall,
)

# By whom somebody is, before it is known where they belong; and what outlives a sign-in.
DOORS = (
    "practice_user",
    "practice_membership",
    "practice_signin",
    "practice_staffinvitation",
)
SHUT = ("practice_auditevent", "practice_datakey")


class Migration(migrations.Migration):
    dependencies = [("practice", "0006_look")]
    operations = [
        migrations.RunSQL(
            FUNCTION
            + behind_the_wall("practice_practice", crossing=True, column="id")
            + behind_the_wall(*DOORS, crossing=True)
            + behind_the_wall(*SHUT),
            without_wall("practice_practice", *DOORS, *SHUT) + NO_FUNCTION,
        )
    ]
