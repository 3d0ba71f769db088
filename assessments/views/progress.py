"""What moved, and which of it the care team has looked at."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments import actions
from assessments.forms import ReviewRulesForm
from assessments.models import ReviewRules
from assessments.progress import moves_of, prompts_of
from clients.models import Client
from practice.access import staff
from practice.models import Role


@staff(Role.CLINICIAN)
@require_POST
def review_note(request, client_id, rule, activity_id, scale):
    """It leaves Today until there is a newer score. The same button takes it back."""
    client = get_object_or_404(Client.objects.cared_for_by(request.user), pk=client_id)
    rules = ReviewRules.of_practice(client.practice_id)
    prompts = [
        prompt
        for prompt in prompts_of(moves_of({client.pk: client}).get(client.pk, ()), rules)
        if (prompt.rule, prompt.move.last.activity_id, prompt.move.scale.code)
        == (rule, activity_id, scale)
    ]
    if not prompts:
        raise Http404
    now = timezone.now()
    if "undo" in request.POST:
        for prompt in prompts:
            if prompt.note is not None:
                actions.forget_review(prompt.note, by=request.user, now=now)
        messages.success(request, _("It is back on Today."))
        return redirect(f"{reverse('assessments:timeline', args=[client.pk])}#change")
    actions.note_review(prompts, by=request.user, now=now)
    messages.success(
        request,
        _("Noted, until there is a newer score. You can undo this on the timeline."),
    )
    return redirect("assessments:today")


@staff(Role.OWNER)
@require_http_methods(["GET", "POST"])
def review_rules(request):
    form = ReviewRulesForm(request.POST or None, by=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Kept. Today follows this from now on."))
        return redirect("assessments:review_rules")
    return render(request, "assessments/review_rules.html", {"form": form})
