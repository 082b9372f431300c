"""`manage.py pilot move | cohort | enrolment | compare`: the same verbs as the pages."""

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

from customers.models import StageMove
from pilot.models import Approval, Cohort, EnrolmentPause, Guardrail, MassMove
from pilot.tasks import work_on_mass_move
from tests.factories import AreaFactory, SiteFactory
from tests.pilot.rolling import enter, imported, running

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "ops", "manager")]
BY_OPS = {"by": "ops", "reason": "test"}


@pytest.fixture
def pilot(capsys):
    def run(*words, **options):
        call_command("pilot", *map(str, words), **options)
        return capsys.readouterr().out

    return run


def test_one_customer_is_moved_at_once(pilot):
    customer = imported()
    enter(running(), customer)

    said = pilot("move", customer.number, to="live", **BY_OPS)

    assert said == f"{customer.number}: live\n"
    assert StageMove.objects.get().by.username == "ops"


def test_a_guard_refuses_here_too_and_a_manager_goes_past(pilot, ops):
    customer = imported()
    enter(running(), customer)
    EnrolmentPause.pause(measure="by_hand", said="颱風", by=ops)
    with pytest.raises(CommandError, match="颱風"):
        pilot("move", customer.number, to="live", **BY_OPS)
    with pytest.raises(CommandError):
        pilot("move", customer.number, to="live", force=True, **BY_OPS)

    assert "past: " in pilot("move", customer.number, to="live", force=True, by="manager", reason="x")


def test_many_wait_for_a_second_person(pilot):
    customers = [imported(), imported()]
    cohort = running("瑞光")
    enter(cohort, *customers)

    said = pilot("move", cohort="瑞光", to="live", **BY_OPS)

    asked = Approval.objects.get()
    assert said == f"2 customers wait: manage.py pilot approve {asked.pk} --by THEM\n"
    pilot("approve", asked.pk, by="manager")
    work_on_mass_move(MassMove.objects.get().pk)
    assert StageMove.objects.filter(to_stage="live").count() == 2


def test_a_cohort_from_its_plan_to_its_end(pilot):
    AreaFactory(code="成", name="成功")
    customer = SiteFactory(area__code="成").customer

    pilot(
        "cohort", "plan", "成功 5", step="5", planned="5", area="成", starts="2026-11-24", ends="2026-12-08",
        weekly="5", owner="ops",
    )  # fmt: skip
    pilot("cohort", "add", "成功 5", customer.number, **BY_OPS)
    pilot("cohort", "start", "成功 5", **BY_OPS)
    shown = json.loads(pilot("cohort", "show", "成功 5"))
    assert (shown["state"], shown["members"]) == ("running", [[customer.number, "live"]])
    assert shown["verdicts"]["errors"][3] == "none"
    assert pilot("cohort", "list") == "成功 5: 5 running, 1/1/5\n"
    pilot("cohort", "remove", "成功 5", customer.number, **BY_OPS)
    pilot("cohort", "close", "成功 5", **BY_OPS)

    assert Cohort.objects.get().state == "closed"


@pytest.mark.parametrize(
    "words, options",
    [
        (["cohort", "start", "沒有"], BY_OPS),
        (["cohort", "plan", "x"], {"step": "5"}),
        (["move", "99999999"], {"to": "live"} | BY_OPS),
        (["move", "99999999", "5"], {"to": "live"} | BY_OPS),
        (["enrolment", "pause"], {"by": "nobody", "reason": "x"}),
    ],
)
def test_nonsense_is_said_and_changes_nothing(pilot, words, options):
    with pytest.raises(CommandError):
        pilot(*words, **options)

    assert (Cohort.objects.count(), StageMove.objects.count(), EnrolmentPause.objects.count()) == (0, 0, 0)


def test_enrolment_is_paused_and_resumed(pilot):
    assert "颱風" in pilot("enrolment", "pause", by="ops", reason="颱風")
    assert "颱風" in pilot("enrolment", "status")

    assert pilot("enrolment", "resume", by="ops", reason="over") == "Customers may come in.\n"


def test_a_limit_is_changed_with_a_reason_and_the_history_keeps_it(pilot, ops):
    before = pilot("guardrail").splitlines()
    assert before[0] == "errors: at most 5 of 500 or more; 40 or more in 5 minutes stop enrolment"
    assert len(before) == 6

    after = pilot("guardrail", "errors", most=3, **BY_OPS).splitlines()

    assert after == ["errors: at most 3 of 500 or more; 40 or more in 5 minutes stop enrolment", *before[1:]]
    event = Guardrail.pgh_event_model.objects.latest("pgh_id")
    assert (event.most, event.pgh_context.metadata) == (3, {"user": ops.pk, "reason": "test"})
    for wrong in ({"most": 2} | BY_OPS | {"reason": " "}, {"least": 0} | BY_OPS, {"most": 2, "by": "nobody"}):
        with pytest.raises(CommandError):
            pilot("guardrail", "errors", **wrong)
    assert Guardrail.objects.get().most == 3


def test_the_comparison_comes_as_a_table(pilot):
    lines = list(csv.DictReader(io.StringIO(pilot("compare"))))

    assert len(lines) == 16
    assert {line["side"] for line in lines} == {"pilot", "others"}
