"""The database is the truth."""

from .place import env

DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///trellis")}
DATABASES["default"].setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=60))
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
# "Kept" means on the disk, whatever the server was told for everybody (docs/kept.md).
_OPTIONS = DATABASES["default"].setdefault("OPTIONS", {})
_OPTIONS["options"] = f"{_OPTIONS.get('options', '')} -c synchronous_commit=on".strip()
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
