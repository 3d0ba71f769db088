from django.db import migrations, models

import practice.fields


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0003_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="session",
            name="points",
            field=practice.fields.SealedTextField(
                db_default=models.Value(b"", output_field=models.BinaryField()),
                default=str,
                editable=True,
            ),
        ),
        migrations.AddField(
            model_name="session",
            name="sheet_read_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="written_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="session",
            name="written_from",
            field=models.UUIDField(null=True),
        ),
    ]
