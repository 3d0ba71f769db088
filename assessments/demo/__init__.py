"""A believable practice to look at, made through the same verbs as a real one.

``people`` says who there is, ``story`` lives through sixteen weeks with them, day by day,
``between`` is what goes back and forth with one of them in the end.
"""

from .story import make_practice

__all__ = ["make_practice"]
