"""What the client sees of their own course."""

from django import template

from assessments.doing import showings_of

register = template.Library()


@register.inclusion_tag("assessments/_shown_to.html")
def shown_to(client, cares) -> dict:
    """For the care team: each screener with scores, and whether the client sees its course."""
    return {"client": client, "cares": cares, "showings": showings_of(client)}
