import os

from django.core.wsgi import get_wsgi_application

from .checks import refuse_if_unfit
from .database import account

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "practice.settings")
application = get_wsgi_application()
refuse_if_unfit()
account.behind_the_wall()
