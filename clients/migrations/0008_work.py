from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0007_safety"),
    ]

    operations = [
        migrations.AddField(
            model_name="client",
            name="goes_on_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="client",
            name="whole_page_since",
            field=models.DateTimeField(null=True),
        ),
    ]
