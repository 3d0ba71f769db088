from django.urls import path

from .views import answering, clinician, editor, imports, library, one_page, own, paper, portal

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
    path("clients/<uuid:client_id>/paper/<slug:slug>/", paper.paper, name="paper"),
    path("clients/<uuid:client_id>/missed/", clinician.missed_note, name="missed_note"),
    path("clients/<uuid:client_id>/read/", clinician.read_next, name="read_next"),
    path("responses/<uuid:response_id>/", clinician.response, name="response"),
    path("alerts/<uuid:alert_id>/", clinician.alert, name="alert"),
    path("library/", library.library, name="library"),
    path("library/sources/", library.library_coverage, name="library_coverage"),
    path("library/programs/<slug:slug>/", library.program, name="program"),
    path("library/import/", imports.library_import, name="library_import"),
    path("library/import/<uuid:draft_id>/", imports.import_preview, name="import_preview"),
    path("library/import/<uuid:draft_id>/phone/", imports.import_phone, name="import_phone"),
    path("library/import/<uuid:draft_id>/discard/", imports.import_discard, name="import_discard"),
    path("library/own/", own.own_new, name="own_new"),
    path("library/own/<uuid:draft_id>/", editor.own_edit, name="own_edit"),
    path("library/own/<uuid:draft_id>/preview/", own.own_preview, name="own_preview"),
    path("library/own/<uuid:draft_id>/publish/", own.own_publish, name="own_publish"),
    path("library/own/<uuid:draft_id>/discard/", own.own_discard, name="own_discard"),
    path("library/<slug:slug>/adapt/", own.own_adapt, name="own_adapt"),
    path("library/<slug:slug>/retire/", own.own_retire, name="own_retire"),
    path("library/<slug:slug>/", library.activity, name="activity"),
    path("library/<slug:slug>/preview/", library.preview, name="preview"),
    # Addresses of the portal say nothing about what it is.
    path("me/", portal.portal, name="portal"),
    path("me/help/", portal.help_now, name="help"),
    path("me/<uuid:occurrence_id>/", portal.begin, name="begin"),
    path("me/<uuid:occurrence_id>/<int:number>/", answering.step, name="step"),
    path("me/<uuid:occurrence_id>/all/", answering.review, name="review"),
    path("me/<uuid:occurrence_id>/done/", answering.done, name="done"),
    path("me/<uuid:occurrence_id>/new/", one_page.entry, name="entry"),
    path("me/<uuid:occurrence_id>/list/", one_page.entries, name="entries"),
    path("me/<uuid:occurrence_id>/back/", portal.take_out, name="take_out"),
    path("me/<uuid:occurrence_id>/now/", portal.critical, name="critical"),
]
