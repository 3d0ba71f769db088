"""What stands beside the numbers in every file."""

from django.template.loader import render_to_string

from .answers import MISSING
from .records import NOT_VALIDATED
from .work import Work


def readme(work: Work) -> str:
    export, versions = work.export, work.scope.versions.values()
    return render_to_string(
        "assessments/export/readme.txt",
        {
            "export": export,
            "responses": work.scope.count,
            "clients": len(work.scope.inside),
            "missing": MISSING,
            "label": NOT_VALIDATED,
            "unvalidated": [each for each in versions if each.is_reflection],
            "silent": [each for each in versions if not each.may_leave],
        },
    )
