from django.views.decorators.http import require_http_methods

from clients.access import client_only
from practice.views import sign_ins


@client_only
@require_http_methods(["GET", "POST"])
def signed_in(request):
    """Where the client is signed in. Only with their own code: it says which devices they have."""
    return sign_ins.page(request, "clients/signed_in.html", back_to="clients:signed_in")
