"""Nothing serves with an account that could go past the wall, or lift it."""

from contextlib import suppress

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError
from django.db import OperationalError, connection

# Of itself, or because it may act as another: whoever may SET ROLE to it is as strong as it.
ASKED = """
SELECT (SELECT coalesce(bool_or(rolsuper OR rolbypassrls OR rolcreaterole), false)
          FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')),
       EXISTS (SELECT FROM pg_class
                WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
                  AND pg_has_role(current_user, relowner, 'MEMBER'))
"""
STRONG = (
    "The account of DATABASE_URL could go past row-level security (superuser, BYPASSRLS or"
    " CREATEROLE): name one there that cannot."
)
OWNS = (
    "The account of DATABASE_URL owns the tables, or may act as whoever does, and could lift"
    " row-level security: name another one there, and the owner in DATABASE_OWNER_URL."
)
SERVES_AS_OWNER = (
    "AS_OWNER is set, which is for the commands that change tables: what serves is bound by"
    " row-level security. Take it out of the environment."
)

NOT_OWNER = (
    "Two accounts are needed: the owner of the tables in DATABASE_OWNER_URL, and one that serves"
    " in DATABASE_URL (docs/operations.md, Accounts of the database)."
)

_asked_of: set[str] = set()  # accounts, by this process


def in_front_of_it() -> None:
    """For the commands that change tables, or read and write them whole: behind the wall they would
    find nothing, and say that all is well. Raises CommandError."""
    if not settings.AS_OWNER:
        raise CommandError(NOT_OWNER)


def behind_the_wall() -> None:
    """For all that serves, before it does. Raises ImproperlyConfigured."""
    if settings.AS_OWNER:
        raise ImproperlyConfigured(SERVES_AS_OWNER)
    if connection.connection is None:
        with suppress(OperationalError):  # it may come up later than we do
            connection.ensure_connection()
            connection.close()  # what serves may fork


def refuse_strong(sender, connection, **facts) -> None:
    """For the signal ``connection_created``. Raises ImproperlyConfigured."""
    account = connection.settings_dict["USER"]
    if settings.AS_OWNER or account in _asked_of:
        return
    with connection.connection.cursor() as cursor:
        is_strong, owns = cursor.execute(ASKED).fetchone()
    if is_strong or owns:
        connection.close()
        raise ImproperlyConfigured(STRONG if is_strong else OWNS)
    _asked_of.add(account)
