"""What a safety check does for one client, on the page where it is made."""

from django import template
from django.utils import timezone

from assessments.holding import Holding, holding_of

register = template.Library()


@register.simple_tag(takes_context=True)
def holding(context, client) -> Holding:
    return holding_of(client, by=context["request"].user, now=timezone.now())
