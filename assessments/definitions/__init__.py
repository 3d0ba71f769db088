"""What an activity is: the format of the files in ``assessments/library/``.

One TOML file is one activity or one program. ``items``, ``measures`` and ``texts`` are the pieces
of such a file, ``definition`` is a whole activity, ``rules`` are what must hold between its pieces,
``programs`` and ``inventory`` are the two other kinds of file. ``files`` reads them and says in a
sentence, with file and line, what is wrong with one that cannot be read. Nothing here knows of
databases or pages.
"""

from .answers import (
    DECLINED,
    LONGEST_LINE,
    LONGEST_TEXT,
    NOT_APPLICABLE,
    WHOLE,
    is_empty,
    longest,
    unfit,
    unfit_answer,
)
from .definition import Definition, parts_of
from .files import OWN, DefinitionError, Library, load, load_library, parse, parse_program
from .inventory import Point
from .items import (
    IN_A_ROW,
    IN_OWN_WORDS,
    MOODS,
    SCORABLE,
    TAKEN,
    WITH_OPTIONS,
    WITH_ROWS,
    Condition,
    Item,
    ItemKind,
    Option,
)
from .labels import CONSTRUCTS, REFLECTION_LABEL_CLIENT, REFLECTION_LABEL_CLINICIAN
from .measures import Band, Category, ChangeSpec, Cutoff, Interpretation, Metric, Scale
from .parts import Fault, Kind
from .programs import Program, Step
from .texts import Example, Licence, Provenance, Section, Table

__all__ = [
    "CONSTRUCTS",
    "DECLINED",
    "IN_A_ROW",
    "IN_OWN_WORDS",
    "LONGEST_LINE",
    "LONGEST_TEXT",
    "MOODS",
    "NOT_APPLICABLE",
    "OWN",
    "REFLECTION_LABEL_CLIENT",
    "REFLECTION_LABEL_CLINICIAN",
    "SCORABLE",
    "TAKEN",
    "WHOLE",
    "WITH_OPTIONS",
    "WITH_ROWS",
    "Band",
    "Category",
    "ChangeSpec",
    "Condition",
    "Cutoff",
    "Definition",
    "DefinitionError",
    "Example",
    "Fault",
    "Interpretation",
    "Item",
    "ItemKind",
    "Kind",
    "Library",
    "Licence",
    "Metric",
    "Option",
    "Point",
    "Program",
    "Provenance",
    "Scale",
    "Section",
    "Step",
    "Table",
    "is_empty",
    "load",
    "load_library",
    "longest",
    "parse",
    "parse_program",
    "parts_of",
    "unfit",
    "unfit_answer",
]
