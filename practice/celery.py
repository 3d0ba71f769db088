"""Celery is the doorbell: beat rings, the sweep asks the database what is due."""

import os

from celery import Celery, bootsteps, signals

from . import tracing
from .checks import refuse_if_unfit
from .database import account

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")

app = Celery("trellis", task_cls="practice.bell:Nowhere")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What needs more than a web process should load: those only know its name.
app.autodiscover_tasks(related_name="nightly")


class Fit(bootsteps.Step):
    """A worker that is configured by halves, or that no wall would bind, does not start."""

    def __init__(self, parent, **options):
        super().__init__(parent, **options)
        refuse_if_unfit()
        account.behind_the_wall()


app.steps["worker"].add(Fit)

signals.before_task_publish.connect(tracing.put_into)
signals.task_prerun.connect(tracing.begin)
signals.task_postrun.connect(tracing.end)
