"""Where we run: all that differs between machines comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path

import environ

from .sources import entries, secret

env = environ.Env()
# numpy keeps to one thread: each processor has a process of ours already, and threads that wait for
# one of another process spend more time than they save. Read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
BASE_DIR = Path(__file__).resolve().parents[2]

# `make demo` and `make run` set DEVELOPMENT: it shows the sent mail and allows plain http.
DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
FIELD_KEYS = entries(secret("FIELD_KEYS"))  # "id:base64 of 32 bytes"; the first one encrypts
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SETUP_CODE = env(
    "SETUP_CODE", default=""
)  # asked for on the first visit; without it, only for developers
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
BACKUP_DIR = Path(env("BACKUP_DIR", default="") or DATA_DIR / "backups")
# A key that was replaced opens what older backups hold: longer than the oldest is kept.
KEYS_OUTLIVE_BACKUPS = timedelta(days=env.int("KEYS_OUTLIVE_BACKUPS_DAYS", default=400))
# Where the ends of the audit chains are kept, outside of the database (docs/audit.md).
AUDIT_ANCHORS = Path(env("AUDIT_ANCHORS", default=str(DATA_DIR / "anchors")))
AUDIT_ANCHORS_MAIL = env.bool("AUDIT_ANCHORS_MAIL", default=False)  # and to ADMINS, once a day
