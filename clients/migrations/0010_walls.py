"""Row-level security by practice (practice/database/policies.py)."""

from django.db import migrations

from practice.database.policies import behind_the_wall, without_wall

# Whose a link is, and whom an alert reaches today.
ASKED = ("client", "portallink", "careteam", "absence", "cover")
SHUT = (
    "supervisionreason",
    "episode",
    "addresschange",
    "consentwording",
    "consent",
    "safetypolicy",
    "whosees",
    "safecontact",
    "reminderpolicy",
    "channelstop",
    "safetycheck",
    "ownplan",
    "session",
)


def tables(*names):
    return [f"clients_{name}" for name in names]


class Migration(migrations.Migration):
    dependencies = [("clients", "0009_home"), ("practice", "0007_walls")]
    operations = [
        migrations.RunSQL(
            behind_the_wall(*tables(*ASKED), crossing=True) + behind_the_wall(*tables(*SHUT)),
            without_wall(*tables(*ASKED, *SHUT)),
        )
    ]
