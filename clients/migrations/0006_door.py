import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import practice.fields
import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0005_cover"),
        ("practice", "0006_look"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressChange",
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
                ("email", practice.fields.SealedTextField(editable=True)),
                ("note_to_old", models.BooleanField(default=False)),
                ("asked_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("declined_at", models.DateTimeField(null=True)),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="address_changes",
                        to="clients.client",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="practice.practice",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("confirmed_at__isnull", True),
                            ("declined_at__isnull", True),
                            ("taken_back_at__isnull", True),
                        ),
                        fields=("client",),
                        name="address_change_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("taken_back_at__isnull", True),
                                ("confirmed_at__isnull", True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("taken_back_at__isnull", True),
                                ("declined_at__isnull", True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("confirmed_at__isnull", True),
                                ("declined_at__isnull", True),
                                _connector="OR",
                            ),
                        ),
                        name="address_change_one_end",
                    ),
                ],
            },
        ),
    ]
