"""What the app is made of, which language it speaks, and what it writes down of itself."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from practice.logs import to_stderr

from .place import BASE_DIR, DATA_DIR, DEVELOPMENT, env

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
    "practice.request_log.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "practice.middleware.NoStoreMiddleware",
    "practice.middleware.OwnOriginMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "practice.middleware.TooLargeMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "practice.middleware.WallMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "practice.leaving.LeavingMiddleware",
    "practice.idle.IdleMiddleware",
    "practice.keeping.KeepingMiddleware",
    "practice.middleware.SignInRequiredMiddleware",
    "practice.middleware.LanguageAndZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "practice.middleware.SecondFactorMiddleware",
    "clients.denials.DenialsMiddleware",
    "clients.supervision.AskWhyMiddleware",
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
# Not in a cookie: what was said to one person would stay on the device for the next one.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# Preloading binds a domain for years: whoever runs it decides, with SECURE_HSTS_PRELOAD.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "practice.staticfiles.Storage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Numbers for Prometheus (practice/metrics.py); without a token there are none.
METRICS_TOKEN = env("METRICS_TOKEN", default="")
METRICS_DIR = Path(env("METRICS_DIR", default="") or DATA_DIR / "metrics")
METRICS = ["practice.metrics.of_the_house", "assessments.metrics.of_messages"]

# Ids, never names, answers or tokens.
LOGGING = to_stderr(
    level=env("LOG_LEVEL", default="INFO"),
    lines=env("LOG_LINES", default="text" if DEVELOPMENT else "json"),
)
