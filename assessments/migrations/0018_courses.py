"""Indexes that hold what a course is judged by. What they take the place of goes after them."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("assessments", "0017_archive"), ("clients", "0013_attended")]

    operations = [
        AddIndexConcurrently(
            model_name="response",
            index=models.Index(
                fields=["episode"],
                include=["id", "version", "mode", "practice"],
                name="response_course",
            ),
        ),
        AddIndexConcurrently(
            model_name="response",
            index=models.Index(
                condition=models.Q(brought_at__isnull=False),
                fields=["client"],
                name="response_brought",
            ),
        ),
        AddIndexConcurrently(
            model_name="score",
            index=models.Index(
                fields=["client", "scale", "about", "taken_at"],
                include=["id", "response", "value", "missing", "provisional", "practice"],
                name="score_course",
            ),
        ),
        RemoveIndexConcurrently(model_name="score", name="score_by_scale"),
        migrations.AlterField(
            model_name="response",
            name="episode",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="responses",
                to="clients.episode",
            ),
        ),
    ]
