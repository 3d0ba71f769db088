"""The numbers for whoever looks after the machine, with the token in METRICS_TOKEN."""

from hmac import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from practice.metrics import text


@login_not_required
@require_safe
def metrics(request):
    """Not there for anybody else, and for nobody where no token is set: how much is going on in a
    practice is its own business."""
    given = request.headers.get("Authorization", "")
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not settings.METRICS_TOKEN or not compare_digest(given.encode(), expected.encode()):
        raise Http404
    return HttpResponse(text(timezone.now()), content_type="text/plain; version=0.0.4")
