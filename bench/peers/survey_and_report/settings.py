"""A Django project that has django-survey-and-report and what it asks for, as a practice would run
it: connections that stay, templates that are read once, nothing logged but warnings."""

import os

SECRET_KEY = "answers on this machine and nowhere else"
ALLOWED_HOSTS = ["portal.practice.example"]
INSTALLED_APPS = [
    "survey",
    "bootstrapform",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ROOT_URLCONF = "urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "survey_and_report",
        "USER": "trellis",
        "HOST": os.environ["SOCKETS"],
        "CONN_MAX_AGE": 60,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "/accounts/login/"
LANGUAGE_CODE = "en"
USE_TZ = True
STATIC_URL = "/static/"
CHOICES_SEPARATOR = ","
USER_DID_NOT_ANSWER = "Left blank"
LOGGING = {"version": 1, "root": {"level": "WARNING"}}
