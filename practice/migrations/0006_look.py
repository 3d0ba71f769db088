from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0005_door")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                choices=[("device", "As the device"), ("light", "Light"), ("dark", "Dark")],
                db_default="device",
                default="device",
                max_length=6,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(theme__in=["device", "light", "dark"]), name="user_theme_known"
            ),
        ),
    ]
