"""What migrations say to put a table behind the wall. Landed migrations use it: it only grows."""

SEEN = "practice_wall()"
ACROSS = "current_setting('trellis.wall', true) = 'crossing'"
# Only for whoever owns the tables, and only when the connection was made so (settings/database.py):
# migrations, a backup, the first practice of a demo.
WHOLE = (
    "coalesce(current_setting('trellis.wall', true), '') = ''"
    " AND current_setting('trellis.whole', true) = 'on'"
)
FUNCTION = """
CREATE FUNCTION practice_wall() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(current_setting('trellis.wall', true)) = 36
                THEN current_setting('trellis.wall', true)::uuid END
$$;
"""
NO_FUNCTION = "DROP FUNCTION practice_wall();"


def behind_the_wall(*tables: str, crossing: bool = False, column: str = "practice_id") -> str:
    """Rows of one practice, for everybody who is no superuser, the owner of the table included.

    ``crossing``: may be read by whoever finds out whose something is (``walls.crossing``).
    """
    return "".join(_of_one(table, column, crossing) for table in tables)


def without_wall(*tables: str) -> str:
    return "".join(
        f"DROP POLICY IF EXISTS {policy} ON {table};\n"
        for table in tables
        for policy in ("inside", "across", "whole")
    ) + "".join(
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;\n"
        for table in tables
    )


def _of_one(table: str, column: str, crossing: bool) -> str:
    across = f"CREATE POLICY across ON {table} FOR SELECT USING ({ACROSS});\n" if crossing else ""
    return (
        f"CREATE POLICY inside ON {table} USING ({column} = (SELECT {SEEN}));\n"
        f"{across}"
        f"CREATE POLICY whole ON {table} TO CURRENT_USER USING ({WHOLE});\n"
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
    )
