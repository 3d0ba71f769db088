"""Celery is the doorbell: what is rung how often, and how long a task may take."""

from .place import env

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
AUDIT_TIME_LIMIT = 11 * 60  # a million rows take half a minute
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=1)
EXPORTS_SECONDS = env.float("EXPORTS_SECONDS", default=30.0)
# What waits is taken in this order: with Redis the smallest number comes first. What has none would
# come before all others, so it gets the last place.
ALERTS, REMINDERS, REPORTS = 0, 3, 6
CELERY_TASK_ROUTES = {
    "assessments.tasks.call_alerts": {"priority": ALERTS},
    "assessments.tasks.tell_of_emergencies": {"priority": ALERTS},
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
    "assessments.tasks.call_alerts": 2 * SWEEP_SECONDS,  # a page rings too, as for the next
    "practice.tasks.answer_knocks": 6 * SWEEP_SECONDS,
    "assessments.tasks.make_exports": EXPORTS_SECONDS,  # a page rings for what is new
    "assessments.tasks.tell_of_absences": 60.0,
    "assessments.tasks.tell_of_emergencies": 60.0,  # the page rings too
    "assessments.tasks.ask_again": 600.0,  # what it makes is weeks ahead
    "assessments.tasks.empty_exports": 600.0,
    "assessments.tasks.notice_silence": 900.0,
    "assessments.tasks.look_after_records": 3600.0,  # told once; the rows say what was
    "assessments.tasks.sweep_links": 3600.0,
    "practice.tasks.forget_sessions": 3600.0,
    "practice.tasks.turn_keys": 600.0,
    "practice.tasks.anchor_audit": 3600.0,
    "practice.tasks.check_audit": 1800.0,  # once a night for each; the database says which are due
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
