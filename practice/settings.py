"""One settings module; everything that differs between machines comes from the environment."""

import json
from datetime import timedelta
from email.utils import getaddresses
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from practice.logs import to_stderr

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# -- where we run -------------------------------------------------------------------------------
# `make demo` and `make run` set DEVELOPMENT: it shows the sent mail and allows plain http.
DEVELOPMENT = env.bool("DEVELOPMENT", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
FIELD_KEYS = env.list("FIELD_KEYS")  # "id:base64 of 32 bytes"; the first one encrypts
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SETUP_CODE = env(
    "SETUP_CODE", default=""
)  # asked for on the first visit; without it, only for developers
DATA_DIR = Path(env("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

# -- the app ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "practice",
    "clients",
    "assessments",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_include_bootstrap",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "practice.middleware.TooLargeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "practice.leaving.LeavingMiddleware",
    "practice.idle.IdleMiddleware",
    "practice.keeping.KeepingMiddleware",
    "practice.middleware.SignInRequiredMiddleware",
    "practice.middleware.LanguageAndZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "practice.middleware.SecondFactorMiddleware",
    "clients.supervision.AskWhyMiddleware",
    "practice.middleware.NoStoreMiddleware",
    "practice.middleware.WrongMethodMiddleware",
]
ROOT_URLCONF = "practice.urls"
WSGI_APPLICATION = "practice.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "practice.context_processors.shell",
            ],
            "builtins": ["practice.templatetags.shell"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# Preloading binds a domain for years: whoever runs it decides, with SECURE_HSTS_PRELOAD.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# -- the database is the truth ------------------------------------------------------------------
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

# -- celery is the doorbell ---------------------------------------------------------------------
CELERY_BROKER_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # a bell that does not ring is rung again by beat
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
# Time limit < lease < visibility timeout: a task is dead before its claim is, and its claim is
# free before the broker hands the task to somebody else.
CELERY_TASK_TIME_LIMIT = 90
PICTURE_LEASE_SECONDS = 120
REMINDER_LEASE_SECONDS = env.int("REMINDER_LEASE_SECONDS", default=120)
# A file that is made renews its lease with each batch, so its task may take longer than others
# (docs/decisions/020). How many at once, so that reminders always find a free worker.
EXPORT_LEASE_SECONDS = env.int("EXPORT_LEASE_SECONDS", default=120)
EXPORT_TIME_LIMIT = 11 * 60
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=1)
EXPORTS_SECONDS = env.float("EXPORTS_SECONDS", default=30.0)
# What waits is taken in this order: with Redis the smallest number comes first. What has none would
# come before all others, so it gets the last place.
ALERTS, REMINDERS, REPORTS = 0, 3, 6
CELERY_TASK_ROUTES = {
    "assessments.tasks.call_alerts": {"priority": ALERTS},
    "practice.tasks.answer_knocks": {"priority": ALERTS},  # somebody sits there and waits
    "assessments.tasks.sweep": {"priority": REMINDERS},
    "*": {"priority": REPORTS},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "priority_steps": [ALERTS, REMINDERS, REPORTS],
    "visibility_timeout": 180,
    "unacked_restore_interval": 10,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5.0)
# A ring that waited for hours while nobody worked says nothing new. Not less: a worker drops what
# has expired by its own clock, and that of beat's machine may be an hour off.
RINGS_EXPIRE = 2 * 60 * 60
RINGS = {  # task: seconds between two rings
    "assessments.tasks.sweep": SWEEP_SECONDS,
    "assessments.tasks.call_alerts": SWEEP_SECONDS,
    "practice.tasks.answer_knocks": 6 * SWEEP_SECONDS,  # a page rings too; before all others
    "assessments.tasks.make_exports": EXPORTS_SECONDS,  # a page rings for what is new
    "assessments.tasks.tell_of_absences": 60.0,
    "assessments.tasks.ask_again": 600.0,  # what it makes is weeks ahead
    "assessments.tasks.empty_exports": 600.0,
    "assessments.tasks.notice_silence": 900.0,
    "assessments.nightly.make_pictures": 600.0,  # once a night; the database says which are due
}
if env("RETURNS_MAILBOX", default=""):
    RINGS["assessments.tasks.read_returns"] = 180.0
CELERY_BEAT_SCHEDULE = {
    task.rpartition(".")[2]: {
        "task": task,
        "schedule": seconds,
        "options": {"expires": RINGS_EXPIRE},
    }
    for task, seconds in RINGS.items()
}
CELERY_BEAT_SCHEDULER = "practice.beat:Scheduler"  # two by mistake: one rings
# When nothing has rung for that long, pages, /healthz/ready and a mail to ADMINS say so.
HEARTBEAT_SECONDS = env.int("HEARTBEAT_SECONDS", default=300)
WATCH_SECONDS = env.float("WATCH_SECONDS", default=30.0)

# -- who listens to what happens on a lower floor (practice/hooks.py) ---------------------------
HOOKS = {
    "practice_opened": ["assessments.actions.library.put_library_into"],
    "contact_changed": ["assessments.reminders.contact_changed"],
    "policy_changed": ["assessments.reminders.replanning.policy_changed"],
    "safety_checked": ["assessments.actions.programs.safety_checked"],
    "zone_changed": ["assessments.actions.schedules.zone_changed"],
    "sessions_changed": ["assessments.actions.schedules.sessions_changed"],
    "care_withdrawn": ["assessments.actions.consents.care_withdrawn"],
    "episode_closed": ["assessments.actions.schedules.episode_closed"],
    "may_mail_client": ["clients.contact_rules.may_mail"],
    "may_end_role": ["clients.actions.may_end_role"],
    "staff_left": ["assessments.actions.leaving.staff_left"],
    "client_knocked": ["assessments.reminders.asked.answer"],
    "address_changed": ["assessments.reminders.asked.address_changed"],
    "came_by_passkey": ["clients.access.came_by_passkey"],
}

# -- mail ---------------------------------------------------------------------------------------
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

# -- text messages: how their provider wants to be asked (docs/messages.md) ---------------------
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

# -- people and sign-in -------------------------------------------------------------------------
AUTH_USER_MODEL = "practice.User"
AUTHENTICATION_BACKENDS = ["practice.backends.PeopleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "practice.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is mailed because somebody mistyped an address
ACCOUNT_FORMS = {"reset_password": "practice.forms.signing_in.ResetForm"}
PASSWORD_RESET_TIMEOUT = 60 * 60
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_ADAPTER = "practice.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Trellis"
# The code before and the one after are taken too: somebody types slowly, a phone is a little off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "practice.forms.signing_in.SecondFactorForm",
    "reauthenticate": "practice.forms.signing_in.SecondFactorAgainForm",
    "add_webauthn": "practice.forms.passkeys.StaffPasskeyForm",
    "login_webauthn": "practice.forms.passkeys.LoginPasskeyForm",
    "authenticate_webauthn": "practice.forms.passkeys.SecondPasskeyForm",
    "reauthenticate_webauthn": "practice.forms.passkeys.PasskeyAgainForm",
}
IDLE = timedelta(minutes=15)  # docs/decisions/024
SIGNED_IN_AT_MOST = timedelta(hours=12)
SESSION_COOKIE_AGE = int(SIGNED_IN_AT_MOST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # practice.access.fresh
STAFF_INVITATION_LIFE = timedelta(days=3)

# -- links to the portal ------------------------------------------------------------------------
INVITATION_DAYS = 14
LINK_MINUTES = 60

# -- language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- static files -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "practice.staticfiles.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# -- what a browser may do ----------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],  # the preview of an activity
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
DENIED = ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in DENIED}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "s"
CSRF_COOKIE_NAME = "c"
CSRF_FAILURE_VIEW = "practice.views.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
if not DEVELOPMENT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# -- logs: ids, never names, answers or tokens --------------------------------------------------
LOGGING = to_stderr(level=env("LOG_LEVEL", default="INFO"))
