"""The pages of stages, cohorts and the comparison."""

import csv
import datetime as dt
import io
import json
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Incident, Site, StageMove
from deliveries.models import Stop, Variance
from luckygas.models import RecordRead
from orders.wishes import When
from pilot.enrolment import moving
from pilot.enrolment.stages import Stages
from pilot.forms.stages import StageFilterForm
from pilot.measuring.comparing import Comparison, Side, share
from pilot.models import Approval, Cohort, EnrolmentPause, Forced, MassMove
from pilot.tasks import work_on_mass_move
from tests.factories import AreaFactory, CustomerFactory, RouteFactory, SiteFactory, UserFactory, placed, wish
from tests.pilot.rolling import answered, enter, imported, plan, running
from tests.pilot.test_guardrails import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
HTMX = {"HX-Request": "true"}
PAGES = ["customers/", "customers/move/", "cohorts/", "cohorts/new/", "compare/"]


@pytest.fixture
def first(ops, signed_in):
    return signed_in(ops)


@pytest.fixture
def second(manager, signed_in):
    return signed_in(manager)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role, status", [("ops", 200), ("manager", 200), ("dispatcher", 403), ("customer", 403)])
def test_only_operations_and_managers_come_in(signed_in, page, role, status):
    assert signed_in(UserFactory(roles=[role])).get(f"/pilot/{page}").status_code == status


# --- the list ---------------------------------------------------------------------------------------------------------
def numbers(page):
    return [customer.number for customer in page.context["stages"].page]


def test_the_list_is_narrowed_by_stage_cohort_area_kind_and_words(first):
    area = AreaFactory(code="成", name="成功")
    one = SiteFactory(area=area, customer__name="阿蓮麵店", customer__kind="commercial").customer
    other, away = SiteFactory(customer=imported()).customer, CustomerFactory(deactivated_at=timezone.now())
    cohort = running()
    enter(cohort, other)

    found = {
        words: numbers(first.get(f"/pilot/customers/?{words}"))
        for words in (
            "", "stage=imported", "stage=live", "cohort=none", f"cohort={cohort.pk}", "area=成", "kind=commercial",
            f"text={one.number}", "text=阿蓮", "stage=nonsense", "stage=imported&cohort=none",
        )
    }  # fmt: skip

    both = [one.number, other.number]
    assert away.number not in found[""]
    assert list(found.values()) == [
        both, [other.number], [one.number], [one.number], [other.number], [one.number], [one.number],
        [one.number], [one.number], both, [],
    ]  # fmt: skip


def test_the_list_says_stage_cohort_and_since_when(first, ops):
    customer = SiteFactory(customer=imported()).customer
    enter(running("瑞光 20"), customer)
    customer.move_to("shadow", by=ops)

    page = first.get("/pilot/customers/").content.decode()

    assert all(words in page for words in ("對照中", "瑞光 20", "11/24", "瑞光"))
    part = first.get("/pilot/customers/", headers=HTMX).content.decode()
    assert part.lstrip().startswith('<section class="slip" id="stage-list"')


def test_the_list_takes_the_same_queries_for_one_and_many(first, django_assert_max_num_queries):
    imported()
    with django_assert_max_num_queries(9) as one:
        first.get("/pilot/customers/")
    enter(running(), *(imported() for _ in range(5)))

    with django_assert_max_num_queries(len(one)):
        first.get("/pilot/customers/")


@pytest.fixture
def thirteen_thousand():
    """As many as the company has, in every stage, with an address each and a way through the pilot behind many."""
    area, cohort = AreaFactory(), running(planned=20_000)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")  # else each trigger raises for not knowing it
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("""
            INSERT INTO customers_customer (name, kind, trade, invoice_title, tax_id, is_metered, settlement,
                is_blocked, language, note, stage, system_of_record, created_at, deactivated_reason)
            SELECT '客戶' || n, CASE n % 10 WHEN 0 THEN 'commercial' ELSE 'household' END, '', '', '', false, 'cash',
                false, 'zh-hant', '', stage, CASE WHEN stage IN ('live', 'settled') THEN 'new' ELSE 'legacy' END,
                now(), ''
            FROM generate_series(1, 13000) n, LATERAL (SELECT
                (ARRAY['legacy', 'imported', 'shadow', 'live', 'settled', 'rolled_back'])[1 + n % 6] AS stage) s
        """)
        cursor.execute(
            "INSERT INTO customers_stagemove (customer_id, from_stage, to_stage, reason, at)"
            " SELECT id, 'legacy', 'imported', '', now() FROM customers_customer"
        )
        cursor.execute(
            "INSERT INTO pilot_cohortmember (cohort_id, customer_id, by_id, at, left_why)"
            " SELECT %s, id, %s, now(), '' FROM customers_customer WHERE number %% 2 = 0", [cohort.pk, cohort.owner_id],
        )  # fmt: skip
    Site.objects.bulk_create(
        Site(customer_id=pk, area=area, address=f"臺東市測試路 {number} 號")
        for pk, number in Customer.objects.values_list("pk", "number")
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, customers_site, customers_stagemove, pilot_cohortmember")
    return cohort


SLOW_MS = 60
NARROWED = ["", "stage=imported", "cohort=none", "cohort=*", "area=瑞", "kind=commercial", "text=測試路 …"]


def test_each_query_of_the_list_is_quick_with_thirteen_thousand(thirteen_thousand, record_property):
    slow, asked, first = {}, [], str(Customer.objects.latest("number").number)[:-2]
    with connection.execute_wrapper(explained(slow)):
        for words in NARROWED:
            for page in (None, "120"):
                before = len(slow)
                chosen = words.replace("*", str(thirteen_thousand.pk)).replace("…", first)
                form = StageFilterForm(dict(pair.split("=") for pair in [chosen] if pair))
                assert list(Stages.of(form, page=page).page)
                asked.append(len(slow) - before)

    record_property("proof", f"the slowest query of the list with 13,000 took {max(slow.values()):.1f} ms")
    assert {sql: ms for sql, ms in slow.items() if ms > SLOW_MS} == {}
    assert max(asked) <= 4  # areas, cohorts, the counts and the page


def explained(slow):
    """Runs each SELECT again under EXPLAIN ANALYZE; keeps its milliseconds on the server.

    A slow one has ten tries: in some of them another test has the processor.
    """

    def milliseconds(sql, params):
        with connection.connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0]
        plan = json.loads(plan) if isinstance(plan, str) else plan
        return plan[0]["Execution Time"]

    def execute(run, sql, params, many, context):
        result = run(sql, params, many, context)
        if sql.startswith("SELECT"):
            tries = (milliseconds(sql, params) for _ in range(10))
            least = next(tries)
            slow[len(slow), sql] = least if least <= SLOW_MS else min(least, *tries)
        return result

    return execute


# --- one customer -----------------------------------------------------------------------------------------------------
def test_one_customers_page_tells_their_way_and_the_look_is_written_down(first, ops):
    customer = imported(name="阿蓮")
    enter(running("瑞光 20"), customer)
    customer.move_to("shadow", by=ops, reason="兩邊一起算")

    page = first.get(f"/pilot/customers/{customer.number}/")

    said = page.content.decode()
    assert all(words in said for words in ("阿蓮", "兩邊一起算", "已匯入", "瑞光 20"))
    assert RecordRead.objects.filter(user=ops, kind="customer", record_id=customer.pk).count() == 1
    assert [value for value, _word in page.context["form"].fields["to"].choices] == ["live", "imported"]
    assert first.get("/pilot/customers/999999/").status_code == 404


def test_a_manager_finds_the_meter_that_was_never_billed(second):
    site = SiteFactory(customer=imported(is_metered=True), label="廚房")

    page = second.get(f"/pilot/customers/{site.customer.number}/").content.decode()

    assert "流量表還沒在這裡收過錢：廚房" in page
    assert f'href="{reverse("orders:meter", args=[site.pk])}"' in page


def test_the_page_of_one_customer_keeps_its_queries(first, django_assert_max_num_queries):
    customer = SiteFactory(customer=imported(is_metered=True)).customer
    enter(running(), customer)

    with django_assert_max_num_queries(20):
        first.get(f"/pilot/customers/{customer.number}/")


def test_a_customer_is_moved_with_a_reason(first, ops):
    customer = imported()
    enter(running(), customer)

    response = first.post(f"/pilot/customers/{customer.number}/move/", {"to": "live", "reason": "對得上"})

    assert (response.status_code, response["Location"]) == (303, f"/pilot/customers/{customer.number}/")
    assert list(StageMove.objects.values_list("to_stage", "by", "reason")) == [("live", ops.pk, "對得上")]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"to": "live", "reason": " "}, "寫"),
        ({"to": "settled", "reason": "x"}, "settled"),
        ({"reason": "x"}, "error"),
        ({"to": "live", "reason": "x"}, "沒有編在進行中的批裡"),
    ],
)
def test_what_is_not_possible_is_said_and_moves_nobody(first, typed, said):
    customer = imported()

    response = first.post(f"/pilot/customers/{customer.number}/move/", typed, headers=HTMX)

    assert response.status_code == 422
    assert "<html" not in response.content.decode()
    assert said in response.content.decode()
    assert StageMove.objects.count() == 0


def test_only_a_managers_form_goes_past_guards(first, second):
    customer = imported()
    enter(running(), customer)
    EnrolmentPause.pause(measure="by_hand", said="x", by=UserFactory())
    typed = {"to": "live", "reason": "x", "force": "on"}
    assert 'name="force"' not in first.get(f"/pilot/customers/{customer.number}/").content.decode()
    assert first.post(f"/pilot/customers/{customer.number}/move/", typed).status_code == 422

    assert second.post(f"/pilot/customers/{customer.number}/move/", typed).status_code == 303

    assert Forced.objects.get().guards[0]["code"] == "paused"
    assert "擋住照搬" in second.get(f"/pilot/customers/{customer.number}/").content.decode()


# --- many -------------------------------------------------------------------------------------------------------------
def test_those_of_the_list_are_asked_for_and_a_second_person_agrees(first, second, ops, manager):
    cohort = running()
    enter(cohort, *(imported() for _ in range(3)))
    imported()
    typed = {"to": "live", "reason": "對得上", "operation_id": uuid.uuid4()}
    assert first.get(f"/pilot/customers/move/?cohort={cohort.pk}").context["count"] == 3

    response = first.post(f"/pilot/customers/move/?cohort={cohort.pk}", typed, headers=HTMX)

    drawn = MassMove.objects.get()
    assert (response.status_code, response["HX-Redirect"]) == (204, f"/pilot/moves/{drawn.pk}/")
    assert (drawn.rows.count(), drawn.cohort, drawn.state) == (3, cohort, "asked")
    page = first.get(f"/pilot/moves/{drawn.pk}/").content.decode()
    assert "等第二個人同意" in page

    second.post(f"/pilot/approvals/{Approval.objects.get().pk}/decide/", {"act": "confirm"})
    drawn.refresh_from_db()
    assert (drawn.state, drawn.agreed_by) == ("working", manager)
    part = first.get(f"/pilot/moves/{drawn.pk}/", headers=HTMX).content.decode()
    assert "0 / 3" in part
    assert 'data-hx-trigger="changed-move from:body, every 2s"' in part

    work_on_mass_move(drawn.pk)
    part = first.get(f"/pilot/moves/{drawn.pk}/", headers=HTMX).content.decode()
    assert "every 2s" not in part
    assert Customer.objects.filter(stage="live").count() == 3


def test_what_was_not_agreed_or_overtaken_is_said(first, second, ops):
    cohort = running()
    enter(cohort, *(imported() for _ in range(2)))
    pages = []
    for end in ("refuse", "overtake"):
        facts = {"operation_id": uuid.uuid4(), "reason": "x"}
        drawn = moving.ask("live", Customer.objects.filter(stage="imported"), by=ops, **facts)
        pages.append(first.get(drawn.get_absolute_url()).content.decode())
        if end == "refuse":
            second.post(f"/pilot/approvals/{Approval.objects.latest('pk').pk}/decide/", {"act": "refuse"})
        else:
            cohort.remove(cohort.inside.first().customer, by=ops, why="x")
        pages.append(first.get(drawn.get_absolute_url()).content.decode())

    words = ("等第二個人同意", "不同意", "重新提")
    assert [[word in page for word in words] for page in pages] == [
        [True, False, False], [False, True, False], [True, False, False], [False, False, True],
    ]  # fmt: skip


def test_a_mistake_asks_nobody(first):
    imported()

    for typed in ({"to": "live", "reason": "x"}, {"to": "live", "operation_id": uuid.uuid4()}):
        assert first.post("/pilot/customers/move/", typed, headers=HTMX).status_code == 422
    nobody = {"to": "settled", "reason": "x", "operation_id": uuid.uuid4()}
    assert first.post("/pilot/customers/move/", nobody, headers=HTMX).status_code == 422

    assert (MassMove.objects.count(), Approval.objects.count()) == (0, 0)


def test_refusals_stand_first_and_the_page_is_paged(first, ops, django_assert_max_num_queries):
    cohort = running(planned=100)
    enter(cohort, *(imported() for _ in range(60)), imported(is_metered=True))
    SiteFactory(customer=Customer.objects.get(is_metered=True))
    drawn = moving.ask("live", Customer.objects.all(), operation_id=uuid.uuid4(), by=ops, reason="x")
    drawn.agree(by=UserFactory())
    work_on_mass_move(drawn.pk)

    with django_assert_max_num_queries(10):
        page = first.get(f"/pilot/moves/{drawn.pk}/")

    assert page.context["counts"] == {"waiting": 0, "done": 60, "refused": 1}
    assert page.context["page"][0].outcome == "refused"
    assert len(page.context["page"]) == 50
    assert first.get("/pilot/moves/999999/").status_code == 404


# --- cohorts ----------------------------------------------------------------------------------------------------------
def cohort_form(by, **more):
    today = timezone.localdate()
    return {
        "operation_id": uuid.uuid4(), "name": "瑞光 20", "step": "20", "planned": 20, "starts_on": today,
        "ends_on": today + dt.timedelta(days=14), "weekly_orders": 100, "owner": by.pk,
    } | more  # fmt: skip


def test_a_cohort_is_planned_filled_begun_and_closed(first, second, ops):
    response = first.post("/pilot/cohorts/new/", cohort_form(ops, step="5"))
    cohort = Cohort.objects.get()
    here = cohort.get_absolute_url()
    assert (response.status_code, response["Location"]) == (303, here)
    one, other = imported(), imported()

    assert first.post(f"{here}add/", {"numbers": f"{one.number}、{other.number}"}).status_code == 303
    assert first.post(f"{here}start/", {"reason": "就緒"}).status_code == 303
    assert first.post(f"{here}remove/{other.number}/").status_code == 303
    page = first.get(here).content.decode()
    assert all(words in page for words in ("瑞光 20", one.name, "資料不足", "訂單數夠不夠", "就緒"))
    assert other.name not in page
    assert first.post(f"{here}close/", {"reason": "換下一批"}).status_code == 303

    cohort.refresh_from_db()
    assert (cohort.state, cohort.started_by, cohort.closed_by) == ("closed", ops, ops)
    assert "換下一批" in first.get(here).content.decode()
    assert "瑞光 20" in first.get("/pilot/cohorts/").content.decode()


@pytest.mark.parametrize(
    "typed, field",
    [
        ({"name": ""}, "name"), ({"step": "7"}, "step"), ({"planned": 0}, "planned"), ({"name": "在"}, "name"),
        ({"ends_on": "2026-11-24"}, "ends_on"), ({"step": "area"}, "area"), ({"owner": ""}, "owner"),
        ({"weekly_orders": 0}, "weekly_orders"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_at_its_field_and_plans_nothing(first, ops, typed, field):
    plan("在")

    response = first.post("/pilot/cohorts/new/", cohort_form(ops, **typed), headers=HTMX)

    assert response.status_code == 422
    assert f'id="id_{field}_error"' in response.content.decode()
    assert Cohort.objects.count() == 1


def test_what_a_cohort_refuses_is_said_in_its_form(first, second):
    cohort = plan(step="10", planned=1)
    here = cohort.get_absolute_url()
    one, other = imported(), imported()

    wrong = [
        first.post(f"{here}add/", {"numbers": f"{one.number} {other.number}"}, headers=HTMX),
        first.post(f"{here}add/", {"numbers": "99999999"}, headers=HTMX),
        first.post(f"{here}add/", {"numbers": " "}, headers=HTMX),
        first.post(f"{here}start/", {"reason": "x"}, headers=HTMX),
        first.post(f"{here}start/", {"reason": "x", "force": "on"}, headers=HTMX),
        first.post(f"{here}close/", {"reason": " "}, headers=HTMX),
    ]

    assert [response.status_code for response in wrong] == [422] * 6
    assert "前一步還沒有人跑過" in wrong[3].content.decode()
    assert second.post(f"{here}start/", {"reason": "老闆要", "force": "on"}).status_code == 303
    assert first.post("/pilot/cohorts/999999/start/", {"reason": "x"}).status_code == 404


def test_the_page_says_what_stopped_enrolment_and_lets_people_resume(first, ops):
    cohort = running("瑞光")
    answered(cohort, 600, errors=60, delivered=200, late=0, unreconciled_twd=820, open_reviews=0, complaints=0)
    EnrolmentPause.pause(measure="errors", said="瑞光：錯誤 10%", cohort=cohort)

    page = first.get(cohort.get_absolute_url()).content.decode()
    assert all(words in page for words in ("10%", "NT$820", "沒過", "不再收新的一批", "瑞光：錯誤 10%"))
    still = first.post("/pilot/enrolment/resume/", {"reason": "好了"}, headers=HTMX)
    assert (still.status_code, "還有沒過的護欄" in still.content.decode()) == (422, True)
    cohort.minutes.all().delete()

    assert first.post("/pilot/enrolment/resume/", {"reason": "好了"}).status_code == 303

    ended = EnrolmentPause.objects.get()
    assert (ended.ended_by, ended.ended_why, EnrolmentPause.open()) == (ops, "好了", [])
    assert "好了" in first.get("/pilot/cohorts/").content.decode()


def test_a_person_stops_enrolment_with_a_reason(first, ops):
    assert first.post("/pilot/enrolment/pause/", {"reason": " "}, headers=HTMX).status_code == 422

    assert first.post("/pilot/enrolment/pause/", {"reason": "颱風"}).status_code == 303
    assert first.post("/pilot/enrolment/pause/", {"reason": "又"}).status_code == 303

    (pause,) = EnrolmentPause.open()
    assert (pause.by, pause.said, pause.measure) == (ops, "颱風", "by_hand")


def test_the_pages_of_cohorts_keep_their_queries(first, django_assert_max_num_queries):
    cohort = running(planned=50)
    enter(cohort, imported())
    counted = {}
    for here in ("/pilot/cohorts/", cohort.get_absolute_url()):
        with django_assert_max_num_queries(13) as counted[here]:
            first.get(here)
    enter(cohort, *(imported() for _ in range(9)))
    plan("2"), plan("3")

    for here, queries in counted.items():
        with django_assert_max_num_queries(len(queries)):
            first.get(here)


# --- the comparison ---------------------------------------------------------------------------------------------------
def legacy_stop(route, **facts):
    site = SiteFactory(customer=imported(stage="legacy"))
    position = route.stops.count() + 1
    return Stop.objects.create(
        route=route, position=position, kind="legacy", site=site, planned={}, finished_at=timezone.now(),
        **({"state": "done"} | facts),
    )  # fmt: skip


@pytest.fixture
def both(dispatcher):
    """Two orders delivered, one of them late and at the second visit; three visits of the old system, one in vain."""
    route = RouteFactory()
    orders = [placed(wish(SiteFactory())) for _ in range(2)]
    for order in orders:
        deliver(order, late=order is orders[0])
    Stop.objects.create(
        route=route, position=1, order=orders[0], site=orders[0].site, state="failed", fail_reason="not_home",
        next_step="today", finished_at=timezone.now() - dt.timedelta(minutes=30),
    )  # fmt: skip
    for position, order in enumerate(orders, start=2):
        Stop.objects.create(
            route=route, position=position, order=order, site=order.site, state="done", finished_at=timezone.now()
        )
    for facts in ({}, {}, {"state": "failed", "fail_reason": "closed", "next_step": "tomorrow"}):
        legacy_stop(route, **facts)
    Incident.open(kind="complaint", text="late", by=dispatcher, customer=orders[0].customer)
    for _ in range(2):
        Incident.open(kind="complaint", text="late", by=dispatcher, customer=imported())
    return route


def test_the_same_measures_of_both_in_the_same_week(both):
    week = Comparison.until().weeks[0]

    pilot, others = week.pilot, week.others
    assert (pilot.delivered, pilot.on_time, pilot.no_promise, pilot.visited, pilot.at_first) == (2, 1, 0, 2, 1)
    assert (others.delivered, others.on_time, others.no_promise, others.visited, others.at_first) == (2, 0, 2, 3, 2)
    assert (pilot.complaints, others.complaints) == (1, 2)
    assert (pilot.taken, pilot.median_s < 5) == (2, True)  # both confirmed themselves
    assert (week.first_day, week.is_over, others.median_s) == (dt.date(2026, 11, 23), False, None)


def test_a_complaint_counts_where_its_customer_stood_then(ops, dispatcher):
    customer = imported()
    Incident.open(kind="complaint", text="x", by=dispatcher, customer=customer)
    customer.move_to("live", by=ops)

    week = Comparison.until().weeks[0]

    assert (week.pilot.complaints, week.others.complaints) == (0, 1)


def test_an_order_without_an_agreed_day_is_counted_apart(both):
    order = placed(wish(SiteFactory()))
    order.lose_day(by=None, reason="typhoon", operation_id=uuid.uuid4())
    agreed = placed(wish(SiteFactory()))
    agreed.lose_day(by=None, reason="typhoon", operation_id=uuid.uuid4())
    agreed.reschedule(When(day=timezone.localdate()), by=agreed.placed_by, reason="they called")
    for each in (order, agreed):
        deliver(each, late=False)

    pilot = Comparison.until().weeks[0].pilot

    assert (pilot.delivered, pilot.on_time, pilot.no_promise, pilot.promised) == (4, 2, 1, 3)


def test_money_of_a_mixed_route_stands_with_the_old_system(both, dispatcher):
    Variance.open(both, cause="1", difference=-300, by=dispatcher, at=timezone.now())
    Variance.open(RouteFactory(), cause="1", difference=40, by=dispatcher, at=timezone.now())

    week = Comparison.until().weeks[0]

    assert (week.pilot.unreconciled_twd, week.others.unreconciled_twd) == (40, 300)


def test_a_share_of_too_few_is_not_said():
    assert (share(4, 4), share(4, 5), Side(delivered=9, no_promise=5, on_time=4).on_time_share) == ("", "80.0%", "")


def test_the_page_draws_both_with_their_tables_and_a_file_takes_them_away(first, both, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        page = first.get("/pilot/compare/").content.decode()
    assert page.count('class="chart-svg"') == 1  # of too few first visits nothing is drawn
    assert page.count("<details") == 1

    answer = first.get("/pilot/compare/?format=csv")

    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 16
    assert lines[-2] | {"side": "pilot"} == lines[-2]
    assert (lines[-1]["side"], lines[-1]["delivered"], lines[-1]["no_promise"]) == ("others", "2", "2")


def test_without_anything_the_comparison_says_so(first):
    page = first.get("/pilot/compare/").content.decode()

    assert "<rect" not in page
    assert "資料不足" in page
