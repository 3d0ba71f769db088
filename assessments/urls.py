from django.urls import path

from .views import answering, clinician, portal

app_name = "assessments"
urlpatterns = [
    path("today/", clinician.today, name="today"),
    path("clients/<uuid:client_id>/", clinician.timeline, name="timeline"),
    path("clients/<uuid:client_id>/work/", clinician.work, name="work"),
    path("clients/<uuid:client_id>/contact/", clinician.contact, name="contact"),
    path("clients/<uuid:client_id>/assign/", clinician.assign, name="assign"),
    path(
        "clients/<uuid:client_id>/assign/<slug:slug>/",
        clinician.assignment_create,
        name="assignment_create",
    ),
    path(
        "clients/<uuid:client_id>/work/<uuid:assignment_id>/end/",
        clinician.assignment_end,
        name="assignment_end",
    ),
    path("clients/<uuid:client_id>/missed/", clinician.missed_note, name="missed_note"),
    path("clients/<uuid:client_id>/read/", clinician.read_next, name="read_next"),
    path("responses/<uuid:response_id>/", clinician.response, name="response"),
    path("alerts/<uuid:alert_id>/", clinician.alert, name="alert"),
    path("library/", clinician.library, name="library"),
    path("library/<slug:slug>/", clinician.activity, name="activity"),
    # Addresses of the portal say nothing about what it is.
    path("me/", portal.portal, name="portal"),
    path("me/help/", portal.help_now, name="help"),
    path("me/<uuid:occurrence_id>/", portal.begin, name="begin"),
    path("me/<uuid:occurrence_id>/<int:number>/", answering.step, name="step"),
    path("me/<uuid:occurrence_id>/all/", answering.review, name="review"),
    path("me/<uuid:occurrence_id>/done/", answering.done, name="done"),
    path("me/<uuid:occurrence_id>/new/", answering.entry, name="entry"),
    path("me/<uuid:occurrence_id>/list/", answering.entries, name="entries"),
    path("me/<uuid:occurrence_id>/back/", portal.take_out, name="take_out"),
]
