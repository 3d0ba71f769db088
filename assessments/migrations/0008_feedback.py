import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0007_review"),
        ("clients", "0004_session_sheet"),
        ("practice", "0003_heartbeat"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feedback",
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
                ("words", practice.fields.SealedTextField(editable=True)),
                ("sent_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "feedback",
            },
        ),
        migrations.AddField(
            model_name="response",
            name="discussed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="discussed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="response",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discussed_at__isnull", True),
                    models.Q(("discussed_by__isnull", False), ("submitted_at__isnull", False)),
                    _connector="OR",
                ),
                name="response_discussed_after_submitted",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="feedback",
                to="clients.client",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="created_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="practice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.practice",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="response",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="feedback",
                to="assessments.response",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["client", "-sent_at"], name="feedback_by_client"),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seen_at__isnull", True),
                    ("seen_at__gte", models.F("sent_at")),
                    _connector="OR",
                ),
                name="feedback_seen_after_sent",
            ),
        ),
    ]
