from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from practice import audit
from practice.models import (
    AuditCheck,
    AuditEvent,
    DataKeyRow,
    Erased,
    KeyWork,
    Knock,
    Membership,
    Role,
    SignIn,
    StaffInvitation,
    User,
)
from practice.models.tenant import is_time_zone
from practice.tokens import new_token
from tests.conftest import NOW, constraints_of, make_practice, make_staff, without_trigger

pytestmark = pytest.mark.django_db


def an_upper_case_address(owner):
    User.objects.filter(pk=owner.pk).update(email="Owner@Practice.example")


def the_same_role_twice(owner):
    Membership.objects.create(practice=owner.practice, user=owner, role=Role.OWNER)


def an_unknown_role(owner):
    Membership.objects.create(practice=owner.practice, user=owner, role="wizard")


def the_same_number_twice(owner):
    """The trigger gives the numbers, so it has to be asleep for this."""
    event = AuditEvent.objects.filter(practice=owner.practice).earliest("number")
    without_trigger("practice_auditevent", "audit_chain")
    AuditEvent.objects.create(
        practice=owner.practice, number=event.number, at=NOW, action="a", record_type="b"
    )


def an_invitation(owner, **facts):
    whole = {"practice": owner.practice, "email": "a@new.example", "roles": [Role.OWNER]}
    whole |= {"token_hash": new_token().encode(), "sent_at": NOW, "expires_at": NOW} | facts
    return StaffInvitation.objects.create(**whole)


def two_open_invitations(owner):
    an_invitation(owner)
    an_invitation(owner)


def an_invitation_to_nothing(owner):
    an_invitation(owner, roles=[])


def an_invitation_used_and_withdrawn(owner):
    an_invitation(owner, used_at=NOW, withdrawn_at=NOW, user=owner)


def an_invitation_used_by_nobody(owner):
    an_invitation(owner, used_at=NOW)


def somebody_who_acted_before_they_came(owner):
    times = {"created_at": NOW, "acted_at": NOW - timedelta(seconds=1)}
    SignIn.objects.create(practice=owner.practice, user=owner, **times)


def an_unknown_theme(owner):
    User.objects.filter(pk=owner.pk).update(theme="pink")


def a_knock(owner, **facts):
    whole = {"kind": "code", "mark": b"m", "sealed": b"s", "asked_at": NOW, "due_at": NOW}
    Knock.objects.create(**whole | {"expires_at": NOW + timedelta(minutes=1)} | facts)


def an_unknown_knock(owner):
    a_knock(owner, kind="song")


def a_knock_that_never_lasted(owner):
    a_knock(owner, expires_at=NOW)


def a_knock_answered_by_nobody(owner):
    a_knock(owner, ended_at=NOW)


def a_second_key_that_seals(owner):
    for wrapped in (b"a", b"b"):
        DataKeyRow.objects.create(
            practice=owner.practice, subject=owner.practice_id, wrapped=wrapped
        )


def a_key_of_a_practice_in_a_box(owner):
    facts = {"practice": owner.practice, "wrapped": b"a"}
    above = DataKeyRow.objects.create(subject=owner.pk, **facts)
    DataKeyRow.objects.create(subject=owner.practice_id, wrapped_by=above, **facts)


def a_retired_key_that_nobody_watches(owner):
    DataKeyRow.objects.create(
        practice=owner.practice, subject=owner.pk, wrapped=b"a", retired_at=NOW
    )


def unknown_work_with_keys(owner):
    KeyWork.objects.create(name="polish", due_at=NOW)


def an_erasure_for_no_reason(owner):
    Erased.objects.create(practice=owner.practice, why="whim", erased_at=NOW, counts={})


def a_check(owner, **facts):
    AuditCheck.objects.create(practice=owner.practice, **{"at": NOW, "last": 1} | facts)


def two_newest_checks(owner):
    a_check(owner)
    a_check(owner)


def a_fault_that_is_nowhere(owner):
    a_check(owner, fault="altered")


def an_anchor_of_no_time(owner):
    a_check(owner, anchored_number=1)


BROKEN = {
    "audit_check_newest": two_newest_checks,
    "audit_check_fault_and_where": a_fault_that_is_nowhere,
    "audit_check_anchor_whole": an_anchor_of_no_time,
    "erased_why_known": an_erasure_for_no_reason,
    "datakey_one_seals": a_second_key_that_seals,
    "datakey_practice_under_master": a_key_of_a_practice_in_a_box,
    "datakey_retired_is_watched": a_retired_key_that_nobody_watches,
    "keywork_known": unknown_work_with_keys,
    "user_theme_known": an_unknown_theme,
    "knock_kind_known": an_unknown_knock,
    "knock_expires_after": a_knock_that_never_lasted,
    "knock_began_before": a_knock_answered_by_nobody,
    "staff_invitation_one_open": two_open_invitations,
    "staff_invitation_roles_known": an_invitation_to_nothing,
    "staff_invitation_used_or_withdrawn": an_invitation_used_and_withdrawn,
    "staff_invitation_used_by_somebody": an_invitation_used_by_nobody,
    "sign_in_acted_after_it_began": somebody_who_acted_before_they_came,
    "user_email_lower": an_upper_case_address,
    "membership_once_per_role": the_same_role_twice,
    "membership_role_known": an_unknown_role,
    "audit_number_once": the_same_number_twice,
}


def test_each_constraint_of_this_app_is_provoked_here():
    assert set(BROKEN) == constraints_of("practice")


@pytest.mark.parametrize("name", BROKEN)
def test_the_database_refuses(name, owner):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BROKEN[name](owner)


def test_an_address_is_signed_in_with_by_one_person(owner):
    with pytest.raises(IntegrityError, match="email"), transaction.atomic():
        User.objects.create_user(email=" OWNER@practice.example", practice=owner.practice)


def test_a_role_can_be_held_again_after_it_ended(clinician):
    clinician.memberships.update(ended_at=NOW)
    Membership.objects.create(practice=clinician.practice, user=clinician, role=Role.CLINICIAN)
    assert User.objects.get(pk=clinician.pk).roles == {Role.CLINICIAN}


def test_a_role_that_ended_is_not_held(clinician):
    assert clinician.roles == {Role.CLINICIAN}
    clinician.memberships.update(ended_at=NOW)
    assert User.objects.get(pk=clinician.pk).roles == frozenset()


def test_a_user_who_was_not_saved_holds_no_role():
    assert User(pk=None).roles == frozenset()


def test_a_practice_of_one_has_an_owner_who_sees_clients(db):
    owner = make_practice(also_clinician=True).users.get()
    assert owner.roles == {Role.OWNER, Role.CLINICIAN}


def test_staff_speak_the_language_and_clock_of_their_practice(practice):
    user = make_staff(practice, "Ada", "assistant")
    assert (user.language, user.time_zone) == ("en", "Europe/Berlin")
    assert str(user) == "Ada"
    assert user.first_name == "Ada"


def test_every_new_role_is_in_the_audit_trail(practice):
    user = make_staff(practice, "Both", "clinician", "supervisor")
    events = AuditEvent.objects.filter(actor=user, action="membership.began")
    assert sorted(event.detail["role"] for event in events) == ["clinician", "supervisor"]


@pytest.mark.parametrize("name", ["Berlin", "europe/berlin ", "", "../etc/passwd"])
def test_a_time_zone_that_does_not_exist_is_refused(name):
    with pytest.raises(ValidationError, match="Choose a time zone"):
        is_time_zone(name)


def test_the_audit_trail_names_whose_record_it_was(client_in_care, clinician):
    event = audit.record("client.seen", client_in_care, by=clinician)
    assert event.client_id == client_in_care.pk
    contact = client_in_care.safe_contacts.get()
    assert audit.record("contact.seen", contact, by=None).client_id == client_in_care.pk
