"""One question at a time or all on a page: as the client likes, and nothing is lost between."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.actions import Tab
from assessments.definitions import parse
from assessments.models import Alert, Response
from clients import actions as care
from tests.conftest import NOW, as_user, give

from . import made
from .test_actions_respond import ask
from .test_feedback import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def me(joined):
    joined.leave_page_shown_at = NOW
    joined.save(update_fields=["leave_page_shown_at"])
    return as_user(joined.user)


@pytest.fixture
def screener(joined, clinician):
    return give(joined, "patterns-check", by=clinician).occurrences.get()


def page(name, *args):
    return reverse(f"assessments:{name}", args=args)


class TestSwitching:
    def test_keeps_the_answer_and_is_remembered(self, me, screener, joined):
        first, _second = actions.current_version(screener).definition.asked()[:2]
        step = page("step", screener.pk, 1)
        there = me.post(step, {first.id: "3", "_layout": "all"})
        assert there.url == page("whole", screener.pk)
        assert Response.objects.get().answers == {first.id: 3}
        joined.refresh_from_db()
        assert joined.whole_page_since is not None
        assert me.get(page("begin", screener.pk)).context["start"] == page("whole", screener.pk)
        back = me.post(page("whole", screener.pk), {first.id: "3", "_layout": "one"})
        assert back.url == page("step", screener.pk, 2)
        assert me.get(page("begin", screener.pk)).context["start"] == back.url

    def test_needs_no_answer(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        assert me.post(page("step", walk.pk, 1), {"_layout": "all"}).status_code == 302
        assert not Response.objects.exists() or Response.objects.get().answers == {
            actions.current_version(walk).definition.asked()[0].id: None
        }

    def test_going_on_by_itself_is_off_until_asked_for(self, me, screener, joined):
        step = page("step", screener.pk, 1)
        words = "A tap on an answer leads on."
        assert words not in text_of(me.get(step))
        assert me.post(step, {"_layout": "by_itself"}).url == page("step", screener.pk, 1)
        shown = me.get(step)
        assert "data-goes-on" in shown.content.decode()
        assert words in text_of(shown)
        me.post(step, {"_layout": "by_hand"})
        assert words not in text_of(me.get(step))


class TestAllOnAPage:
    def test_what_is_answered_is_kept_and_reviewed(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        sent = me.post(page("whole", walk.pk), {"went": "yes", "who": "A dog", "tired": "3"})
        assert sent.url == page("review", walk.pk)
        answers = {k: v for k, v in Response.objects.get().answers.items() if v is not None}
        assert answers == {"went": "yes", "who": "A dog", "tired": 3}
        assert "3 of 6 answered, or of up to 7" in " ".join(
            text_of(me.get(page("whole", walk.pk))).split()
        )

    def test_in_the_background_only_what_was_touched(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        form = {"went": "yes", "tired": "3", "touched": "went"}
        kept = me.post(page("whole", walk.pk), form, headers={"X-Keep": "1"})
        assert kept.status_code == 204
        assert Response.objects.get().answers == {"went": "yes"}

    def test_a_mistake_is_said_and_the_rest_is_kept(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        again = me.post(page("whole", walk.pk), {"went": "no", "tired": "12"})
        assert list(again.context["form"].errors) == ["tired"]
        assert Response.objects.get().answers["went"] == "no"

    def test_an_answer_that_asks_for_somebody_leads_to_the_panel(self, me, joined, clinician):
        walk = ask(joined, made.walk(), by=clinician)
        sent = me.post(page("whole", walk.pk), {"dark": "yes"})
        assert sent.url == page("critical", walk.pk)

    def test_nothing_answered_leads_nowhere(self, me, screener):
        assert me.post(page("whole", screener.pk), {}).url == page("whole", screener.pk)
        assert not Response.objects.exists()

    def test_what_stands_on_one_page_anyway_has_no_other(self, me, joined, clinician):
        log = give(joined, "steadying-log", by=clinician).occurrences.get()
        assert me.get(page("whole", log.pk)).status_code == 404


class TestSentFromOnePage:
    """A screener whose every question has an answer needs no list of answers before it is sent."""

    ALL = {"whom": "friend", "went": "no", "why": "Dry feet.", "dark": "no", "tired": "3"}

    @pytest.fixture
    def walk(self, joined, clinician):
        return ask(joined, made.walk(), by=clinician)

    def send(self, me, walk, **answers):
        return me.post(page("whole", walk.pk), {**self.ALL, **answers, "send": "1"})

    def test_it_is_sent_at_one_stroke(self, me, walk, clinician):
        assert f"Send to {clinician.first_name}" in text_of(me.get(page("whole", walk.pk)))
        assert self.send(me, walk).url == page("done", walk.pk)
        response = Response.objects.get()
        assert response.submitted_at is not None
        assert response.scores.get(scale="tired").value == 3
        walk.refresh_from_db()
        assert walk.answered_at == response.submitted_at

    def test_with_a_draft_it_is_that_one_which_is_sent(self, me, joined, walk):
        draft = actions.keep(walk, {"went": "yes", "who": "A dog"}, by=joined.user, now=NOW)
        assert self.send(me, walk).url == page("done", walk.pk)
        response = Response.objects.get()
        assert response.pk == draft.pk
        assert response.answers == {**self.ALL, "tired": 3}  # nobody came along on no walk

    def test_twice_is_once(self, me, walk):
        self.send(me, walk)
        assert self.send(me, walk, tired="4").url == page("done", walk.pk)
        assert Response.objects.get().answers["tired"] == 3

    @pytest.mark.parametrize("left", ["tired", "dark", "whom"])
    def test_with_a_question_left_it_is_kept_and_the_list_follows(self, me, walk, left):
        there = me.post(page("whole", walk.pk), {**self.ALL, left: "", "send": "1"}, follow=True)
        assert there.redirect_chain[-1][0] == page("review", walk.pk)
        assert "Not sent yet. Some questions have no answer" in text_of(there)
        response = Response.objects.get()
        assert (response.submitted_at, response.answers["went"]) == (None, "no")

    def test_a_mistake_is_said_and_nothing_is_sent(self, me, walk):
        again = self.send(me, walk, tired="12")
        assert list(again.context["form"].errors) == ["tired"]
        assert Response.objects.get().submitted_at is None

    def test_an_answer_that_asks_for_somebody_is_sent_and_leads_to_the_panel(self, me, walk):
        assert self.send(me, walk, dark="yes").url == page("critical", walk.pk)
        assert Response.objects.get().submitted_at is not None
        assert Alert.objects.get().kind == Alert.Kind.CRITICAL
        assert me.post(page("critical", walk.pk)).url == page("done", walk.pk)

    def test_what_was_answered_in_another_window_is_not_overwritten(self, me, joined, walk):
        here = me.get(page("whole", walk.pk)).context["window"]
        other = Tab(page="another", seen=0)
        actions.keep(walk, {"tired": 5}, by=joined.user, now=NOW, tab=other)
        shown = self.send(me, walk, _page=here["page"], _seen=str(here["seen"]))
        assert [two.there.item.id for two in shown.context["window"]["two_answers"]] == ["tired"]
        assert Response.objects.get().submitted_at is None

    def test_nothing_is_sent_that_this_page_does_not_show(self, me, joined, walk):
        """Answered in another window, and not touched here: a script names what was touched."""
        for item, answer in self.ALL.items():
            answer = int(answer) if item == "tired" else answer
            actions.keep(walk, {item: answer}, by=joined.user, now=NOW)
        here = me.get(page("whole", walk.pk)).context["window"]
        other = Tab("another", seen=here["seen"])
        actions.keep(walk, {"whom": "family"}, by=joined.user, now=NOW, tab=other)
        form = {**self.ALL, "tired": "5", "touched": "tired", "send": "1"}
        form |= {"_page": here["page"], "_seen": str(here["seen"])}
        there = me.post(page("whole", walk.pk), form, follow=True)
        assert there.redirect_chain[-1][0] == page("review", walk.pk)
        assert "You answered something in another window" in text_of(there)
        response = Response.objects.get()
        assert (response.submitted_at, response.answers["tired"]) == (None, 5)

    def test_of_an_exercise_its_client_first_chooses_who_sees_it(self, me, joined, clinician):
        steps = made.WALK.replace(made.SCORED, "").replace('"screener"', '"exercise"', 1)
        steps = parse(steps.replace('index_item = "whom"', ""), source="walk.toml")
        walk = ask(joined, steps, by=clinician)
        assert "Send to" not in text_of(me.get(page("whole", walk.pk)))
        assert self.send(me, walk).url == page("review", walk.pk)
        assert Response.objects.get().submitted_at is None

    def test_who_took_back_that_the_team_reads_sends_nothing(self, me, joined, walk):
        care.withdraw_consent(joined, "care", by=joined.user, now=NOW)
        assert self.send(me, walk).url == reverse("clients:agree")
        assert not Response.objects.filter(submitted_at__isnull=False).exists()

    def test_what_is_not_open_any_more_is_not_sent(self, me, walk):
        walk.withdrawn_at = NOW
        walk.save()
        assert self.send(me, walk).status_code == 410
        assert not Response.objects.exists()
