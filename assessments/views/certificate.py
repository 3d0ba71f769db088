"""The paper that is left of an erasure."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessments.reports.certificate import certificate_pdf
from clients.keeping import certificate_of, erased_of
from practice.access import staff
from practice.models import Role


@staff(Role.OWNER)
@require_safe
def certificate(request, erased_id):
    """Made as it is asked for: one page, seldom, and nothing to keep."""
    proof = certificate_of(get_object_or_404(erased_of(request.user), pk=erased_id))
    return HttpResponse(
        certificate_pdf(proof, now=timezone.now()),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="certificate-{erased_id}.pdf"'},
    )
