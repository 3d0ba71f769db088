"""Django's settings, a room for each subject."""

from .app import *
from .bell import *
from .browser import *
from .database import *
from .hooks import *
from .messages import *
from .people import *
from .place import *
