from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("clients", "0012_keeping")]

    operations = [
        AddIndexConcurrently(
            model_name="session",
            index=models.Index(
                condition=models.Q(attended_at__isnull=False),
                fields=["episode", "starts_at"],
                include=["id", "client", "practice"],
                name="session_attended",
            ),
        ),
    ]
