import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection

from .checks import refuse_if_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()
refuse_if_unfit()
with suppress(OperationalError):  # it may come up later than we do
    connection.ensure_connection()  # refuses an account that the wall would not bind
    connection.close()
