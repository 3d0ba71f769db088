"""Data that leaves Trellis as a file: of one client, or of a caseload.

``scope`` says whose responses, and which; ``records`` are responses as they leave (pseudonyms,
nothing that a licence or a choice keeps back); ``answers`` an answer as a cell; ``tables``,
``workbook`` and ``bundle`` write them, ``codebook`` and ``readme`` explain them. ``formats`` lists
what can be made, ``making`` claims and makes it. Who asks, takes and deletes are verbs in
``actions.exports``.
"""

from .formats import FORMATS, Format
from .making import make_next

__all__ = ["FORMATS", "Format", "make_next"]
