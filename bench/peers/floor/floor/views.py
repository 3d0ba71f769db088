from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import render

from .models import Row

NUMBERS = range(1, 17)


@login_required
def page(request):
    if request.method == "POST":
        answers = {f"item_{n}": int(request.POST[f"item_{n}"]) for n in NUMBERS}
        Row.objects.create(user_id=request.user.pk, answers=answers)
        return HttpResponseRedirect("/done/")
    return render(request, "page.html", {"numbers": NUMBERS, "values": range(5)})
