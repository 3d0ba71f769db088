"""The settings as a real installation has them: those of the tests differ."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import global_settings

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "for-checks-only-0123456789abcdefghijklmnopqrstuvwxyz-kept-nowhere"
# Besides these nothing of ours: what an administrator must set, and every default.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": NOWHERE,
    "FIELD_KEYS": f"check:{'0' * 43}=",
    "SITE_URL": "https://trellis.example",
    "ALLOWED_HOSTS": "trellis.example",
    "CSRF_TRUSTED_ORIGINS": "https://trellis.example",
}
ALL = """
import json
from datetime import timedelta
from django.utils.functional import Promise
import practice.settings as s
def plain(value):
    if isinstance(value, Promise):
        return "a text to be translated"
    return value.total_seconds() if isinstance(value, timedelta) else str(value)
print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=plain))
"""


@functools.cache
def settings() -> dict:
    """All of them, as JSON has them; seconds where they are a span of time."""
    run = subprocess.run(
        [sys.executable, "-c", ALL],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(run.stdout)


def value_of(name: str):
    """Of a dotted name: ``CONTENT_SECURITY_POLICY.DIRECTIVES.base-uri``. A KeyError when there is
    none; a setting that nobody sets has Django's own value."""
    first, *rest = name.split(".")
    found = settings()
    found = found[first] if first in found else _of_django(first)
    for part in rest:
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def _of_django(name: str):
    if not hasattr(global_settings, name):
        raise KeyError(name)
    return getattr(global_settings, name)
