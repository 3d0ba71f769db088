"""A client takes their own answers with them; and what they took back raises an alert."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0014_work"),
        ("clients", "0009_home"),
        ("practice", "0006_look"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="export",
            name="export_kind_known",
        ),
        migrations.AlterField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                choices=[
                    ("talk_first", "Asked to talk before trying something"),
                    ("put_away", "Put something away in the middle: it may not be safe now"),
                    ("critical", "An answer about safety: please get in touch today"),
                    ("not_safe", "An answer that asks for a talk"),
                    ("phrase", "Words of the practice's list: please get in touch today"),
                    ("worse", "Reliably worse than at the start of the episode"),
                    ("silence", "Has fallen silent"),
                    ("consent", "Took back that the care team reads what they send"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="export",
            name="kind",
            field=models.CharField(
                choices=[
                    ("tables", "Tables for a statistics program (CSV in a zip)"),
                    ("workbook", "A workbook for Excel or LibreOffice (XLSX)"),
                    ("fhir", "A bundle for another record system (FHIR R4)"),
                    ("report", "A report to read (PDF)"),
                    ("own_read", "To read and print (PDF)"),
                    ("own_table", "A table for a computer (CSV)"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["tables", "workbook", "fhir", "report", "own_read", "own_table"])
                ),
                name="export_kind_known",
            ),
        ),
    ]
