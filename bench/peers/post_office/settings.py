"""A Django project that has nothing but post_office."""

import os

SECRET_KEY = "sends mail to a sink on this machine and nowhere else"
INSTALLED_APPS = ["post_office"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "post_office",
        "USER": "trellis",
        "HOST": os.environ["SOCKETS"],
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
USE_TZ = True
EMAIL_BACKEND = "post_office.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["SINK_PORT"])
DEFAULT_FROM_EMAIL = "Trellis <post@practice.example>"
POST_OFFICE = {
    "BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"},
    "BATCH_SIZE": int(os.environ["BATCH_SIZE"]),
    "THREADS_PER_PROCESS": int(os.environ["THREADS"]),
    "LOG_LEVEL": int(os.environ["LOG_LEVEL"]),
    "LOCK_FILE_NAME": os.environ["LOCK_FILE"],
}
LOGGING = {"version": 1, "loggers": {"post_office": {"level": "WARNING"}}}
