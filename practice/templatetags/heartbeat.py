from django import template
from django.utils import timezone

from practice import heartbeat

register = template.Library()


@register.inclusion_tag("practice/_silence.html")
def silence():
    """Says on the pages of the practice that messages are not going out."""
    beat = heartbeat.seen_by_pages()
    lasting = beat and beat.silent_for(timezone.now())
    if not lasting:
        return {"lasting": ""}
    return {"lasting": heartbeat.in_words(lasting), "told": beat.told_at is not None}
