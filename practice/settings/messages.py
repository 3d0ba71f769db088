"""How mail and text messages leave, and what comes back of them (docs/messages.md)."""

import json
from email.utils import getaddresses

from .place import env

vars().update(env.email("EMAIL_URL", default="smtp://127.0.0.1:25"))
if env("EMAIL_BACKEND", default=""):  # one of Anymail's, as anymail.backends.mailgun.EmailBackend
    EMAIL_BACKEND = env("EMAIL_BACKEND")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="Trellis <post@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whoever runs this; empty: the owners of the practices. Of errors Django mails nothing (LOGGING).
ADMINS = getaddresses(env.list("ADMINS", default=[]))
MAILBOX_DIR = env("MAILBOX_DIR", default="")  # a Maildir shown at /dev/ when DEVELOPMENT
# Bounces and opt-outs (docs/messages.md). Without its secret or its mailbox, a way in is shut.
RETURNS_MAIL_SECRET = env("RETURNS_MAIL_SECRET", default="")  # user:password
RETURNS_SMS_SECRET = env("RETURNS_SMS_SECRET", default="")  # base64, may begin with whsec_
RETURNS_MAILBOX = env("RETURNS_MAILBOX", default="")  # a Maildir, or a file in mbox format
ANYMAIL = {
    "IGNORE_UNSUPPORTED_FEATURES": True,  # a provider without a place for something still sends
    "REQUESTS_TIMEOUT": (5, EMAIL_TIMEOUT),
    **json.loads(env("ANYMAIL", default="") or "{}"),
    "WEBHOOK_SECRET": RETURNS_MAIL_SECRET,
}

# Text messages: how their provider wants to be asked.
SMS_DIR = env("SMS_DIR", default="")  # a folder that keeps them instead of sending them
SMS_URL = env("SMS_URL", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")  # or a user and a password
SMS_USER = env("SMS_USER", default="")
SMS_PASSWORD = env("SMS_PASSWORD", default="")
SMS_FROM = env("SMS_FROM", default="Trellis")
SMS_FORMAT = env("SMS_FORMAT", default="json")  # or form
SMS_FIELDS = {"to": "to", "from": "from", "text": "text", "reference": "reference"} | env.dict(
    "SMS_FIELDS", default={}
)
SMS_ID_FIELD = env("SMS_ID_FIELD", default="id")
SMS_DEAD_CODES = env.list("SMS_DEAD_CODES", default=[])
SMS_IDEMPOTENT = env.bool("SMS_IDEMPOTENT", default=False)
SMS_TIMEOUT = env.int("SMS_TIMEOUT", default=20)
