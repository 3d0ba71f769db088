"""The median, as the database computes it."""

from django.db.models import Aggregate, DurationField


class Median(Aggregate):
    """Of durations: the middle one, or what lies between the middle two."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()
