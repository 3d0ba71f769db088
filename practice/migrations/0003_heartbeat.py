from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0002_audit_chain_and_cache")]
    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("awaited_from", models.DateTimeField()),
                ("rung_at", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
