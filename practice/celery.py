"""Celery is the doorbell: beat rings, the sweep asks the database what is due."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")

app = Celery("trellis", task_cls="practice.bell:Nowhere")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What needs more than a web process should load: those only know its name.
app.autodiscover_tasks(related_name="nightly")
