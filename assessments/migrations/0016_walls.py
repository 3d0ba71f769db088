"""Row-level security by practice (practice/database/policies.py)."""

from django.db import migrations

from practice.database.policies import behind_the_wall, without_wall

# What is due, and where.
DUE = (
    "assignment",
    "reminder",
    "delivery",
    "alert",
    "alertcall",
    "alertpolicy",
    "export",
    "practicepicture",
)
SHUT = (
    "activity",
    "activityversion",
    "activitydraft",
    "textpermission",
    "program",
    "programversion",
    "programassignment",
    "occurrence",
    "reminderitem",
    "messagewording",
    "backup",
    "response",
    "score",
    "feedback",
    "reviewrules",
    "reviewnote",
    "sharedprogress",
)


def tables(*names):
    return [f"assessments_{name}" for name in names]


class Migration(migrations.Migration):
    dependencies = [("assessments", "0015_home"), ("practice", "0007_walls")]
    operations = [
        migrations.RunSQL(
            behind_the_wall(*tables(*DUE), crossing=True) + behind_the_wall(*tables(*SHUT)),
            without_wall(*tables(*DUE, *SHUT)),
        )
    ]
