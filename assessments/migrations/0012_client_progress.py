import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0011_practice_picture"),
        ("clients", "0004_session_sheet"),
        ("practice", "0003_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedProgress",
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
                ("shared_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "shared progress",
            },
        ),
        migrations.AddField(
            model_name="response",
            name="brought_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("brought_at__isnull", True),
                    ("brought_at__gte", models.F("started_at")),
                    _connector="OR",
                ),
                name="response_brought_after_begun",
            ),
        ),
        migrations.AddField(
            model_name="sharedprogress",
            name="activity",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="assessments.activity",
            ),
        ),
        migrations.AddField(
            model_name="sharedprogress",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shared_progress",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="sharedprogress",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sharedprogress",
            name="practice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.practice",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedprogress",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at__isnull", True)),
                fields=("client", "activity"),
                name="shared_progress_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharedprogress",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_back_at__isnull", True),
                    ("taken_back_at__gte", models.F("shared_at")),
                    _connector="OR",
                ),
                name="shared_progress_taken_back_later",
            ),
        ),
    ]
