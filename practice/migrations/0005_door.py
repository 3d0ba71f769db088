from django.db import migrations, models

import practice.ids


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0004_people"),
    ]

    operations = [
        migrations.CreateModel(
            name="Knock",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("code", "Code"),
                            ("password", "Password"),
                            ("link", "Link"),
                            ("note", "Note"),
                            ("staff", "Staff"),
                        ],
                        max_length=8,
                    ),
                ),
                ("mark", models.BinaryField(max_length=32)),
                ("sealed", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("began_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("from_known", models.BooleanField(null=True)),
                ("code_mark", models.BinaryField(max_length=32, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("began_at__isnull", True)),
                        fields=["due_at"],
                        name="knock_due",
                    ),
                    models.Index(fields=["mark", "asked_at"], name="knock_counted"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["code", "password", "link", "note", "staff"])
                        ),
                        name="knock_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("asked_at"))),
                        name="knock_expires_after",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_at__isnull", True), ("began_at__isnull", False), _connector="OR"
                        ),
                        name="knock_began_before",
                    ),
                ],
            },
        ),
    ]
