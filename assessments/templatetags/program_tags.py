"""What the client reads about a step of a program."""

from django import template

from assessments.programs import why_of

register = template.Library()


@register.filter
def why(occurrence) -> str:
    """Why it is asked, in one line; empty when it is no step of a program."""
    return why_of(occurrence.assignment)
