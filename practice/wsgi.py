import os

from django.core.wsgi import get_wsgi_application

from .checks import refuse_if_unfit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()
refuse_if_unfit()
