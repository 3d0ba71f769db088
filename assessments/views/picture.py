"""The practice from afar."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments import actions, tasks
from assessments.picture.page import page_of
from practice.access import staff
from practice.models import Role


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def practice_picture(request):
    """As it was made last; the button asks a worker for a new one."""
    if request.method == "POST":
        actions.ask_for_picture(request.user.practice, by=request.user, now=timezone.now())
        tasks.ring_for_picture()
        messages.success(request, _("It is being made. Look again in a minute."))
        return redirect("assessments:practice_picture")
    return render(request, "assessments/practice_picture.html", {"page": page_of(request.user)})
