"""How far the tables are on the way to several databases, each with some practices: read from the
catalogue of a migrated database.

A distributed table of Citus must have the column that it is distributed by in its primary key, in
everything that is unique, and in each foreign key to another such table.
"""

from psycopg import Connection

OF_A_PRACTICE = """
SELECT c.oid, c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND a.attname = 'practice_id' AND NOT a.attisdropped
"""
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)
UNIQUE = f"""
WITH tenant AS ({OF_A_PRACTICE})
SELECT t.relname || '.' || ic.relname, i.indisprimary, EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'practice_id'
        AND a.attnum = ANY (i.indkey::smallint[])
)
FROM pg_index i JOIN tenant t ON t.oid = i.indrelid JOIN pg_class ic ON ic.oid = i.indexrelid
WHERE i.indisunique OR i.indisexclusion
"""
FOREIGN = f"""
WITH tenant AS ({OF_A_PRACTICE})
SELECT t.relname || '.' || k.conname, other.relname, other.oid IN (SELECT oid FROM tenant), EXISTS (
    SELECT FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attname = 'practice_id'
        AND a.attnum = ANY (k.conkey)
)
FROM pg_constraint k JOIN tenant t ON t.oid = k.conrelid
    JOIN pg_class other ON other.oid = k.confrelid
WHERE k.contype = 'f'
"""


def readiness(link: Connection) -> dict[str, object]:
    """How many of each there are, and how many lack the practice."""
    tables = {name for (name,) in link.execute(TABLES)}
    tenant = {name for _oid, name in link.execute(OF_A_PRACTICE)}
    unique = list(link.execute(UNIQUE))
    primary = [has for _name, is_primary, has in unique if is_primary]
    others = [has for _name, is_primary, has in unique if not is_primary]
    between = [has for _name, _other, is_tenant, has in link.execute(FOREIGN) if is_tenant]
    return {
        "tables": len(tables),
        "tables_of_a_practice": len(tenant),
        "tables_of_none": sorted(tables - tenant),
        "primary_keys": _counted(primary),
        "unique": _counted(others),
        "foreign_keys_between": _counted(between),
    }


def _counted(have: list[bool]) -> dict[str, int]:
    return {"all": len(have), "without_practice": have.count(False)}
