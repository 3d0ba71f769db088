"""Keys of clients under those of their practices, a key that takes the place of another, and that
what never changes may still be sealed anew."""

import django.db.models.deletion
from django.db import migrations, models

# A row that never changes may have one value sealed with another key: the column is named, nothing
# else differs, and what stands there was and is a sealed value of the same length.
FORWARD = r"""
CREATE OR REPLACE FUNCTION practice_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text := nullif(current_setting('trellis.resealing', true), '');
    was bytea;
    becomes bytea;
BEGIN
    IF named IS NOT NULL AND TG_OP = 'UPDATE' AND TG_TABLE_NAME <> 'practice_auditevent'
            AND to_jsonb(NEW) - named = to_jsonb(OLD) - named THEN
        was := (to_jsonb(OLD) ->> named)::bytea;
        becomes := (to_jsonb(NEW) ->> named)::bytea;
        IF substr(was, 1, 1) = '\x01' AND substr(becomes, 1, 1) = '\x01'
                AND substr(was, 2, 16) <> substr(becomes, 2, 16)
                AND octet_length(was) >= 45 AND octet_length(was) = octet_length(becomes) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% on % is not allowed: these rows do not change', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- A day after this: until then a version that knows nothing of it may still serve, and go on if
-- this one is taken back.
INSERT INTO practice_keywork (name, due_at) VALUES ('nest', now() + interval '1 day');
"""
BACK = """
CREATE OR REPLACE FUNCTION practice_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is not allowed: these rows do not change', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("practice", "0008_audit_is_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeyWork",
            fields=[
                (
                    "name",
                    models.CharField(
                        choices=[("nest", "Nest"), ("master", "Master")],
                        max_length=10,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("master", models.CharField(db_default="", default="", max_length=20)),
                ("done", models.PositiveIntegerField(db_default=0, default=0)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="emptied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="marks",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="moved",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="named_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="retired_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="datakeyrow",
            name="wrapped_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="practice.datakeyrow",
            ),
        ),
        migrations.AlterField(
            model_name="datakeyrow",
            name="subject",
            field=models.UUIDField(db_index=True),
        ),
        migrations.AddIndex(
            model_name="datakeyrow",
            index=models.Index(
                condition=models.Q(("wrapped_by", None)),
                fields=["practice"],
                name="datakey_under_master",
            ),
        ),
        migrations.AddIndex(
            model_name="datakeyrow",
            index=models.Index(
                condition=models.Q(("retired_at__isnull", False)),
                fields=["practice"],
                name="datakey_retired",
            ),
        ),
        migrations.AddConstraint(
            model_name="datakeyrow",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("subject",),
                name="datakey_one_seals",
            ),
        ),
        migrations.AddConstraint(
            model_name="datakeyrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("wrapped_by", None),
                    models.Q(("subject", models.F("practice")), _negated=True),
                    _connector="OR",
                ),
                name="datakey_practice_under_master",
            ),
        ),
        migrations.AddConstraint(
            model_name="datakeyrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("emptied_at", None), ("named_at", None), ("retired_at", None)),
                    models.Q(("named_at__isnull", False), ("retired_at__isnull", False)),
                    _connector="OR",
                ),
                name="datakey_retired_is_watched",
            ),
        ),
        migrations.AddConstraint(
            model_name="keywork",
            constraint=models.CheckConstraint(
                condition=models.Q(("name__in", ["nest", "master"])), name="keywork_known"
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
