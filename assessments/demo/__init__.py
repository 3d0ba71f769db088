"""A believable practice to look at, made through the same verbs as a real one.

``people`` says who there is, ``story`` lives through sixteen weeks with them, day by day.
"""

from .story import make_practice

__all__ = ["make_practice"]
