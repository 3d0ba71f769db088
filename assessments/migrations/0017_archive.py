"""Everything about one client can be asked for as a file."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assessments", "0016_walls"),
        ("clients", "0012_keeping"),
        ("practice", "0010_erased"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="export",
            name="export_kind_known",
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
                    ("archive", "Everything that is kept about one client (zip)"),
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
                    (
                        "kind__in",
                        [
                            "tables",
                            "workbook",
                            "fhir",
                            "report",
                            "archive",
                            "own_read",
                            "own_table",
                        ],
                    )
                ),
                name="export_kind_known",
            ),
        ),
    ]
