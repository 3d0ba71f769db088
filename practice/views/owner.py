from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from practice.access import staff
from practice.forms import PracticeForm
from practice.models import Role


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def practice(request):
    """What the practice says of itself, and the way to all its rules."""
    form = PracticeForm(request.POST or None, instance=request.user.practice, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept."))
        return redirect("practice")
    return render(request, "practice/practice.html", {"form": form})
