"""What an activity is: the format of the files in ``assessments/library/``.

One TOML file is one activity. ``parts`` are the pieces of such a file, ``definition`` is the whole
and the rules that hold between its pieces, ``files`` reads it and says in a sentence, with file
and line, what is wrong with one that cannot be read. Nothing here knows of databases or pages.
"""

from .definition import Definition
from .files import DefinitionError, load, load_library, parse
from .labels import REFLECTION_LABEL_CLIENT, REFLECTION_LABEL_CLINICIAN
from .parts import (
    SCORABLE,
    Fault,
    Item,
    ItemKind,
    Kind,
    Licence,
    Metric,
    Option,
    Provenance,
    Scale,
    Section,
)

__all__ = [
    "REFLECTION_LABEL_CLIENT",
    "REFLECTION_LABEL_CLINICIAN",
    "SCORABLE",
    "Definition",
    "DefinitionError",
    "Fault",
    "Item",
    "ItemKind",
    "Kind",
    "Licence",
    "Metric",
    "Option",
    "Provenance",
    "Scale",
    "Section",
    "load",
    "load_library",
    "parse",
]
