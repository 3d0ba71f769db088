"""What the drawing of the timeline says in words, and the tables behind its lanes."""

from datetime import date
from decimal import Decimal

from django import template
from django.utils import formats

from assessments import timeline

register = template.Library()


@register.filter
def sign_word(kind) -> str:
    return timeline.SIGNS[kind]


@register.filter
def lane_name(lane) -> str:
    return timeline.lane_name(lane)


@register.filter
def tick_in_words(tick) -> str:
    return timeline.tick_in_words(tick)


@register.filter
def table_behind(lane) -> timeline.Table:
    return timeline.table_of(lane)


@register.filter
def is_number(cell) -> bool:
    """A count or a value; None is a value that could not be computed."""
    return cell is None or isinstance(cell, int | Decimal)


@register.filter
def in_cell(cell) -> str:
    """As the reader's language writes it."""
    if isinstance(cell, date):
        return timeline.day_in_words(cell)
    return formats.localize(cell) if is_number(cell) else cell
