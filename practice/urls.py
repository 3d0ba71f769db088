"""Every address. Apps above are named in strings only: the arrow of imports points down."""

from django.urls import include, path

from .views import devmail, gallery, owner, shell

urlpatterns = [
    path("", shell.home, name="home"),
    path("setup/", shell.setup, name="setup"),
    path("practice/", owner.practice, name="practice"),
    path("dev/", devmail.outbox, name="outbox"),
    path("healthz/live", shell.live, name="healthz_live"),
    path("healthz/ready", shell.ready, name="healthz_ready"),
    path("gallery/", gallery.gallery, name="gallery"),
    path("accounts/", include("allauth.urls")),
    path("", include("clients.urls")),
    path("", include("assessments.urls")),
]
handler400 = "practice.views.errors.handler400"
handler403 = "practice.views.errors.handler403"
handler404 = "practice.views.errors.handler404"
handler500 = "practice.views.errors.handler500"
