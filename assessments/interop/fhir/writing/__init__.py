"""FHIR R4 as others read it: a questionnaire, the responses to it, and an observation per score.

What may be said is for the caller to say: pseudonyms, whether the words of a questionnaire may
leave, whether a LOINC code is one that the library vouches for. Nothing here knows a client.
"""

from .asked import Asked, questionnaire
from .given import Given, response
from .measured import Taken, observation
from .nodes import Node, entry, patient

__all__ = [
    "Asked",
    "Given",
    "Node",
    "Taken",
    "entry",
    "observation",
    "patient",
    "questionnaire",
    "response",
]
