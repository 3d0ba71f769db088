"""The database is the truth."""

from .place import env

# The app's own account is bound by row-level security, and changes no tables. Whoever owns those
# has another address, which only the commands in manage.py use that are named there.
DATABASE_URL = env.db("DATABASE_URL", default="postgres:///trellis")
APP_ROLE = DATABASE_URL["USER"]
AS_OWNER = env.bool("AS_OWNER", default=False)
DATABASES = {"default": env.db("DATABASE_OWNER_URL") if AS_OWNER else DATABASE_URL}
DATABASES["default"]["ENGINE"] = "practice.database"
DATABASES["default"].setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=60))
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
# Behind a pooler that lends out connections for one transaction: what the server keeps for a
# connection would be lost. The other name is Django's, of before there was a wall.
DATABASE_POOLED = env.bool(
    "DATABASE_POOLED", default=DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS", False)
)
# A cursor that outlives its statement would be told of no wall.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
# "Kept" means on the disk, whatever the server was told for everybody (docs/kept.md).
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_OPTIONS["options"] = " ".join(
    [
        _OPTIONS.get("options", ""),
        "-c synchronous_commit=on",
        *(["-c trellis.whole=on"] if AS_OWNER else []),
    ]
).strip()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits live in the database too: a lost broker must not change who can sign in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "practice.limits.cache_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # a flood of visitors must not push limits out
    }
}
