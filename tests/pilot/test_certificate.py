"""GO with complete evidence; each requirement broken in turn flips the verdict and is named.

The breaks run over the table of requirements itself: a new one is broken without anybody thinking of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import pytest
from django.utils import timezone

from luckygas.errors import Refused
from luckygas.models import OPS
from luckygas.said import spoken
from pilot.certificate.assessment import Assessment
from pilot.certificate.criteria import BY_KEY, CRITERIA
from pilot.certificate.facts import facts_of, weekly
from pilot.certificate.judging import Answer, State
from pilot.certificate.markdown import markdown
from pilot.certificate.suites import SUITES
from pilot.models import Certificate, Evidence, ReviewPlan, Waiver
from tests.factories import UserFactory
from tests.pilot.certificates import ASKED, ELSEWHERE, HERE, TESTED, assess, counts, row, stored
from tests.races import at_once

pytestmark = pytest.mark.django_db


def name_of(criterion):
    return criterion.key


each_tested = pytest.mark.parametrize("criterion", TESTED, ids=name_of)
each_asked = pytest.mark.parametrize("criterion", ASKED, ids=name_of)


def changed(criterion, by, **more):
    """The run of a requirement's suite, other than usual."""
    return {criterion.group: row(SUITES[criterion.group], by, **more)}


def part_changed(criterion, by, **more):
    """The same, where only the part of this requirement is other than usual."""
    parts = row(SUITES[criterion.group], by).parts | {criterion.name: counts(criterion, **more)}
    return changed(criterion, by, parts=parts)


def assert_named(assessment, criterion, state):
    """NO-GO, and for no other reason: other requirements of the same run may share its fate."""
    assert assessment.verdict == "NO-GO"
    red = {finding.criterion.key: finding.state for finding in assessment.red}
    assert red[criterion.key] == state
    assert {BY_KEY[key].group for key in red} == {criterion.group}
    page = str(spoken(facts_of(assessment)["findings"]))
    assert str(state) in page


def test_complete_evidence_and_every_part_answering_is_go(ops):
    stored(ops)

    assessment = assess()

    assert assessment.red == []
    assert assessment.verdict == "GO"
    assert facts_of(assessment)["findings"] == []


def test_every_requirement_is_judged_once():
    assert [finding.criterion.key for finding in assess().findings] == [criterion.key for criterion in CRITERIA]
    assert len(BY_KEY) == len(CRITERIA)


@each_tested
def test_without_its_evidence_it_is_no_go(criterion, ops):
    stored(ops, without=criterion.group)

    assert_named(assess(), criterion, State.NOT_RUN)


@each_tested
def test_a_run_that_had_no_test_of_it_is_no_go(criterion, ops):
    parts = {name: part for name, part in row(SUITES[criterion.group], ops).parts.items() if name != criterion.name}
    stored(ops, **changed(criterion, ops, parts=parts))

    assessment = assess()

    assert [finding.criterion.key for finding in assessment.red] == [criterion.key]
    assert_named(assessment, criterion, State.NOT_RUN)


@each_tested
def test_evidence_that_is_too_old_is_no_go(criterion, ops):
    ended_at = timezone.now() - dt.timedelta(days=criterion.days, minutes=1)
    stored(ops, **changed(criterion, ops, started_at=ended_at, ended_at=ended_at))

    assert_named(assess(), criterion, State.STALE)


@each_tested
@pytest.mark.parametrize("differs", [{"revision": ELSEWHERE}, {"is_clean": False}], ids=["revision", "changes"])
def test_evidence_of_another_revision_is_no_go(criterion, differs, ops):
    stored(ops, **changed(criterion, ops, **differs))

    if criterion.same_revision:
        assert_named(assess(), criterion, State.STALE)
    else:
        assert assess().verdict == "GO"


@each_tested
@pytest.mark.parametrize("wrong", ["failed", "errors", "skipped"])
def test_one_test_that_did_not_pass_is_no_go(criterion, wrong, ops):
    stored(ops, **part_changed(criterion, ops, **{wrong: 1}))

    assessment = assess()

    assert [finding.criterion.key for finding in assessment.red] == [criterion.key]
    assert_named(assessment, criterion, State.FAIL)


@each_tested
def test_one_scenario_too_few_is_no_go(criterion, ops):
    stored(ops, **part_changed(criterion, ops, scenarios=criterion.at_least - 1))

    assert_named(assess(), criterion, State.FAIL)


@each_tested
@pytest.mark.parametrize("outcome", ["crashed", "late", "stopped"])
def test_a_run_that_did_not_come_to_its_end_is_no_go(criterion, outcome, ops):
    stored(ops, **changed(criterion, ops, outcome=outcome, parts={}))

    assert_named(assess(), criterion, State.FAIL)


@each_tested
def test_a_run_that_began_and_never_ended_is_no_go(criterion, ops):
    suite = SUITES[criterion.group]
    ended_at = timezone.now() - dt.timedelta(hours=20)
    stored(ops, **changed(criterion, ops, started_at=ended_at, ended_at=ended_at))
    began_at = timezone.now() - dt.timedelta(minutes=suite.minutes + 6)
    row(suite, ops, outcome="begun", ended_at=None, started_at=began_at, parts={}).save()

    assert_named(assess(), criterion, State.FAIL)


@pytest.mark.parametrize(
    "criterion, limit",
    [(criterion, limit) for criterion in TESTED for limit in criterion.limits],
    ids=lambda value: getattr(value, "figure", ""),
)
@pytest.mark.parametrize("more", [0.1, None], ids=["over", "missing"])
def test_a_figure_over_its_limit_or_missing_is_no_go(criterion, limit, more, ops):
    figures = {each.figure: each.most for each in criterion.limits}
    figures[limit.figure] = None if more is None else limit.most + more
    stored(ops, **changed(criterion, ops, figures=figures))

    assert_named(assess(), criterion, State.FAIL)


@each_asked
@pytest.mark.parametrize("answer", [None, Answer(State.FAIL), Answer(State.NOT_RUN)], ids=["none", "fail", "not run"])
def test_a_part_that_does_not_answer_is_no_go(criterion, answer, ops):
    stored(ops)

    assessment = assess(**{criterion.name: answer})

    assert_named(assessment, criterion, answer.state if answer else State.FAIL)
    assert [finding.criterion.key for finding in assessment.red] == [criterion.key]


# --- waivers ----------------------------------------------------------------------------------------------------------
def waived(criterion, by, **more):
    values = {"reason": "相機沒有替代文字", "until": timezone.localdate() + dt.timedelta(days=3)}
    return Waiver.objects.create(
        criterion=criterion.key, asked_by=by, agreed_by=UserFactory(roles=[OPS]), **values | more
    )


@pytest.mark.parametrize("criterion", CRITERIA, ids=name_of)
def test_a_waiver_stands_in_for_a_pass_until_it_expires_or_is_ended(criterion, ops):
    broken = {} if criterion.is_asked else {criterion.name: None}
    parts = {
        name: part
        for name, part in (row(SUITES[criterion.group], ops).parts if not criterion.is_asked else {}).items()
        if name not in broken
    }
    stored(ops, **({} if criterion.is_asked else changed(criterion, ops, parts=parts)))
    answers = {criterion.name: None} if criterion.is_asked else {}
    assert_named(assess(**answers), criterion, State.FAIL if criterion.is_asked else State.NOT_RUN)

    waiver = waived(criterion, ops)
    assert assess(**answers).verdict == "GO"
    assert [each.state for each in assess(**answers).findings if each.waiver] == [State.WAIVED]

    waiver.end(by=ops, reason="不等了")
    assert assess(**answers).verdict == "NO-GO"

    yesterday = timezone.localdate() - dt.timedelta(days=1)
    waived(criterion, ops, until=yesterday, agreed_at=timezone.now() - dt.timedelta(days=3))
    assert_named(assess(**answers), criterion, State.FAIL if criterion.is_asked else State.NOT_RUN)


def test_a_waiver_holds_on_its_last_day(ops):
    stored(ops)

    waived(ASKED[0], ops, until=timezone.localdate(), agreed_at=timezone.now() - dt.timedelta(days=3))

    assert assess(**{ASKED[0].name: None}).verdict == "GO"


def test_a_waiver_of_something_that_passes_says_nothing(ops):
    stored(ops)
    waived(ASKED[0], ops)

    assert {finding.state for finding in assess().findings} == {State.PASS}


def test_only_operations_end_a_waiver_and_only_once(ops, manager):
    waiver = waived(ASKED[0], ops)

    with pytest.raises(Refused) as refused:
        waiver.end(by=manager, reason="x")
    assert refused.value.code == "not_ops"
    with pytest.raises(Refused) as refused:
        waiver.end(by=ops, reason=" ")
    assert refused.value.field == "reason"
    waiver.end(by=ops, reason="x")
    with pytest.raises(Refused) as refused:
        waiver.end(by=ops, reason="x")
    assert refused.value.code == "ended"


# --- which run counts -------------------------------------------------------------------------------------------------
def test_a_run_that_is_still_going_on_leaves_the_one_before(ops):
    stored(ops)
    row(SUITES["browser"], ops, outcome="begun", ended_at=None, started_at=timezone.now()).save()

    assert assess().verdict == "GO"


def test_a_later_run_counts_and_an_older_one_read_later_does_not(ops):
    stored(ops)
    ago = timezone.now() - dt.timedelta(days=2)
    row(SUITES["security"], ops, source="ci", outcome="crashed", started_at=ago, ended_at=ago).save()
    assert assess().verdict == "GO"

    row(SUITES["security"], ops, outcome="crashed", ended_at=timezone.now()).save()

    assert assess().verdict == "NO-GO"


def test_a_run_that_ended_is_not_one_that_never_did(ops):
    rows = stored(ops)
    began = {"run": rows[0].run, "outcome": "begun", "ended_at": None}
    row(SUITES["tests"], ops, **began, started_at=timezone.now() - dt.timedelta(days=1)).save()

    assert assess().verdict == "GO"


# --- what it says -----------------------------------------------------------------------------------------------------
def test_nothing_stored_is_no_go_and_names_everything(db):
    facts = spoken(facts_of(assess()))

    assert facts["verdict"] == "NO-GO"
    assert {each["state"] for each in facts["requirements"] if each["part"] != "parts"} == {"NOT RUN"}
    assert {each["what"] for each in facts["findings"]} == {
        str(spoken({"said": s.label, "values": {}})) for s in SUITES.values()
    }
    assert facts["evidence"] == []


def test_the_digest_can_be_counted_again(ops):
    rows = stored(ops)

    assessment = assess()

    lines = [HERE.name, *(each.number for each in sorted(rows, key=lambda each: each.pk))]
    assert assessment.digest == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    row(SUITES["load"], ops, ended_at=timezone.now()).save()
    assert assess().digest != assessment.digest


def test_risks_come_from_what_is_red(ops):
    stored(ops, without="backup")

    facts = spoken(facts_of(assess(workers=Answer(State.FAIL))))

    assert [(each["what"], each["risk"]) for each in facts["findings"]] == [
        ("背景工作", "簡訊、定期單、計費都會等著。"),
        ("還原備份", "硬碟一壞，資料可能就沒了。"),
    ]


def test_markdown_says_the_same(ops):
    stored(ops, without="load")
    waived(BY_KEY["parts/messages"], ops, reason="a | b\nc")
    facts = facts_of(assess(messages=None))

    text = markdown(facts)

    assert text.startswith("# ")
    assert facts["digest"] in text
    assert "a \\| b c" in text
    for each in spoken(facts)["requirements"]:
        assert each["label"] in text


def test_the_next_review_is_the_weekly_gate_until_somebody_sets_one(ops):
    tuesday = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    assert weekly(tuesday).review_at.isoformat() == "2026-11-27T10:00:00+08:00"
    assert weekly(tuesday + dt.timedelta(days=3)).review_at.isoformat() == "2026-12-04T10:00:00+08:00"

    at = timezone.now() + dt.timedelta(days=1)
    ReviewPlan.set(review_at=at, escalates_on=timezone.localdate(at), escalates_to="老闆", by=ops)

    assert facts_of(assess())["review"]["escalates_to"] == "老闆"


def test_a_review_is_still_to_come_and_before_its_escalation(ops):
    now = timezone.now()
    with pytest.raises(Refused) as refused:
        ReviewPlan.set(review_at=now, escalates_on=timezone.localdate(now), escalates_to="老闆", by=ops)
    assert refused.value.field == "review_at"
    with pytest.raises(Refused) as refused:
        ReviewPlan.set(
            review_at=now + dt.timedelta(days=3), escalates_on=timezone.localdate(now), escalates_to="老闆", by=ops
        )
    assert refused.value.field == "escalates_on"


# --- issued -----------------------------------------------------------------------------------------------------------
def test_looking_stores_nothing_and_issuing_does(ops):
    stored(ops)
    facts = facts_of(assess())
    assert Certificate.objects.count() == 0

    issued = Certificate.issue(facts, by=ops, operation_id=uuid.uuid4())

    assert (issued.verdict, issued.revision, issued.by) == ("GO", HERE.name, ops)
    assert issued.evidence == sorted(Evidence.objects.values_list("pk", flat=True))
    assert issued.facts["number"] == issued.number


def test_numbers_count_the_day_and_an_operation_is_done_once(ops, morning):
    facts, operation = facts_of(assess()), uuid.uuid4()

    numbers = [
        Certificate.issue(facts, by=ops, operation_id=each).number for each in (operation, uuid.uuid4(), operation)
    ]

    assert numbers == ["1151124-01", "1151124-02", "1151124-01"]


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_get_two_numbers(ops):
    facts = facts_of(assess())

    def issue():
        return Certificate.issue(facts, by=ops, operation_id=uuid.uuid4()).sequence

    assert sorted(at_once(issue, issue, issue, issue)) == [1, 2, 3, 4]


def test_the_real_thing_asks_everybody(ops, monkeypatch):
    asked = {"web": Answer(State.PASS)}
    monkeypatch.setattr("pilot.certificate.probes.ask_all", lambda: asked)

    states = {finding.criterion.name: finding.state for finding in Assessment.now().findings}

    assert states["web"] == State.PASS
    assert states["api"] == State.FAIL
