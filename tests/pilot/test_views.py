"""The pilot's pages."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from customers.models import Message
from luckygas.celery import heartbeat
from luckygas.flags import ORDERS_PAUSED, WEB_ORDERING, decide
from orders.handover import Handover
from orders.models import Order
from pilot.models import Flag, FlagChange, Release
from tests.factories import AreaFactory, CustomerFactory, DepotFactory, UserFactory, placed

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def first(ops, signed_in):
    return signed_in(ops)


@pytest.fixture
def second(signed_in, manager):
    return signed_in(manager)


def pull(first, reason="成功線封路", **headers):
    return first.post("/pilot/pause/", {"reason": reason}, headers=headers)


def flag_form(**more):
    return {"everyone": "some", "percent": "25", "reason": "第三批", "seen": FlagChange.newest(WEB_ORDERING)} | more


@pytest.mark.parametrize("page", ["", "flags/", f"flags/{WEB_ORDERING}/", "pause/", "resume/"])
@pytest.mark.parametrize(
    "role, status", [("ops", 200), ("manager", 200), ("dispatcher", 403), ("driver", 403), ("customer", 403)]
)
def test_only_operations_and_managers_come_in(signed_in, page, role, status):
    assert signed_in(UserFactory(roles=[role])).get(f"/pilot/{page}").status_code == status


def test_the_page_says_how_far_customers_are(first):
    CustomerFactory()
    CustomerFactory(stage="legacy", system_of_record="legacy")
    CustomerFactory(stage="rolled_back", system_of_record="legacy")

    page = first.get("/pilot/").content.decode()

    assert "3 位，每位只有一個系統作主" in page
    assert "退回 1" in page


def test_the_page_takes_the_same_queries_for_one_customer_and_many(first, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as one:
        first.get("/pilot/")
    for _ in range(3):
        CustomerFactory()
        Message.write(kind="held", recipient="+886900000123", body="x", cause=("t", Message.objects.count()))
    Flag.change(WEB_ORDERING, by=None, reason="x", percent=5)

    with django_assert_max_num_queries(len(one)):
        first.get("/pilot/")


def test_silent_workers_show_as_delayed_jobs(first):
    assert "背景工作慢了" in first.get("/pilot/").content.decode()

    heartbeat()

    assert "背景工作慢了" not in first.get("/pilot/").content.decode()


def test_htmx_gets_the_part_that_changes(first):
    part = first.get("/pilot/", headers=HTMX).content.decode()

    assert part.lstrip().startswith('<div class="pilot-status"')
    assert "<html" not in part


# --- flags ---------------------------------------------------------------------------------------------------------
def test_a_flag_is_given_to_a_share_of_customers(first, ops):
    response = first.post(f"/pilot/flags/{WEB_ORDERING}/", flag_form())

    assert (response.status_code, response["Location"]) == (303, "/pilot/flags/")
    flag, change = Flag.objects.get(name=WEB_ORDERING), FlagChange.objects.get()
    assert (flag.percent, flag.everyone) == (25, None)
    assert (change.by, change.reason) == (ops, "第三批")
    assert "25%" in first.get("/pilot/flags/").content.decode()


def test_htmx_is_sent_back_to_the_list(first):
    response = first.post(f"/pilot/flags/{WEB_ORDERING}/", flag_form(), headers=HTMX)

    assert (response.status_code, response["HX-Redirect"]) == (204, "/pilot/flags/")


def test_lists_are_read_in_any_notation(first):
    AreaFactory(code="成", name="成功")
    AreaFactory(code="瑞")
    one, other = CustomerFactory(), CustomerFactory()

    first.post(
        f"/pilot/flags/{WEB_ORDERING}/",
        flag_form(
            allow_areas="瑞、成", allow_customers=f"{one.number}，{other.number}", deny_customers=str(one.number)
        ),
    )

    flag = Flag.objects.get(name=WEB_ORDERING)
    assert (flag.allow_areas, flag.allow_customers) == (["成", "瑞"], [one.number, other.number])
    assert flag.deny_customers == [one.number]


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"percent": "120"}, "percent"),
        ({"percent": "-1"}, "percent"),
        ({"percent": ""}, "everyone"),
        ({"allow_customers": "99999999"}, "allow_customers"),
        ({"allow_customers": "王太太"}, "allow_customers"),
        ({"deny_customers": "1" * 40}, "deny_customers"),
        ({"allow_areas": "沒有"}, "allow_areas"),
        ({"reason": "  "}, "reason"),
        ({"everyone": "maybe"}, "everyone"),
        ({"starts_at": "2026-12-01T08:00", "ends_at": "2026-11-01T08:00"}, "ends_at"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_changes_nothing(first, typed, said):
    response = first.post(f"/pilot/flags/{WEB_ORDERING}/", flag_form(**typed), headers=HTMX)

    assert response.status_code == 422
    assert f'id="id_{said}_error"' in response.content.decode()
    assert "<html" not in response.content.decode()
    assert FlagChange.objects.count() == 0


def test_what_was_typed_stays(first):
    page = first.post(f"/pilot/flags/{WEB_ORDERING}/", flag_form(reason="", deny_customers="")).content.decode()

    assert 'value="25"' in page


def test_a_change_over_somebody_elses_is_refused(first):
    typed = flag_form()
    Flag.change(WEB_ORDERING, by=None, reason="x", percent=5)

    response = first.post(f"/pilot/flags/{WEB_ORDERING}/", typed)

    assert response.status_code == 422
    assert "剛才有人改過這個旗標" in response.content.decode()
    assert Flag.objects.get(name=WEB_ORDERING).percent == 5


def test_a_second_tap_is_the_same_change(first):
    typed = flag_form()

    statuses = [first.post(f"/pilot/flags/{WEB_ORDERING}/", typed).status_code for _ in range(2)]

    assert statuses == [303, 303]
    assert FlagChange.objects.count() == 1


@pytest.mark.parametrize("name", ["pilot_nothing", ORDERS_PAUSED])
def test_an_unknown_flag_and_the_switch_have_no_form(first, name):
    assert first.get(f"/pilot/flags/{name}/").status_code == 404


# --- the switch -----------------------------------------------------------------------------------------------------
def test_one_person_stops_new_orders_at_once(first):
    assert not decide().is_paused

    response = pull(first)

    assert (response.status_code, response["Location"]) == (303, "/pilot/")
    assert decide().is_paused
    page = first.get("/pilot/").content.decode()
    assert "現在不收新單" in page
    assert "成功線封路" in page


def test_pulling_twice_is_pulling_once(first):
    pull(first)

    assert pull(first).status_code == 303
    assert FlagChange.objects.count() == 1


def test_without_a_reason_nothing_stops(first):
    response = pull(first, reason=" ", **HTMX)

    assert response.status_code == 422
    assert 'id="id_reason_error"' in response.content.decode()
    assert not decide().is_paused


def test_two_people_take_orders_again(first, second):
    pull(first)
    first.post("/pilot/resume/", {"act": "ask", "reason": "路通了"})
    release = Release.waiting()
    assert decide().is_paused
    assert "路通了" in second.get("/pilot/").content.decode()

    response = second.post("/pilot/resume/", {"act": "confirm", "release": release.pk}, headers=HTMX)

    assert response.status_code == 204
    assert not decide().is_paused
    assert "收單中" in first.get("/pilot/").content.decode()


def test_the_same_person_is_refused(first):
    pull(first)
    first.post("/pilot/resume/", {"act": "ask", "reason": "路通了"})

    response = first.post("/pilot/resume/", {"act": "confirm", "release": Release.waiting().pk})

    assert response.status_code == 422
    assert "要第二個人同意" in response.content.decode()
    assert decide().is_paused


def test_the_second_person_does_not_agree(first, second):
    pull(first)
    first.post("/pilot/resume/", {"act": "ask", "reason": "路通了"})

    second.post("/pilot/resume/", {"act": "refuse", "release": Release.waiting().pk})

    assert Release.waiting() is None
    assert decide().is_paused


@pytest.mark.parametrize(
    "typed",
    [{"act": "ask", "reason": " "}, {"act": "confirm", "release": "17"}, {"act": "confirm", "release": "x"}, {}],
)
def test_nonsense_releases_nothing(first, typed):
    pull(first)

    response = first.post("/pilot/resume/", typed, headers=HTMX)

    assert response.status_code == 422
    assert decide().is_paused
    assert Release.objects.count() == 0


def test_while_orders_are_taken_there_is_nothing_to_release(first):
    assert "正常收單中" in first.get("/pilot/resume/").content.decode()

    assert first.post("/pilot/resume/", {"act": "ask", "reason": "x"}).status_code == 422


def test_a_pulled_switch_offers_no_second_pull(first):
    pull(first)

    assert "提出放開" in first.get("/pilot/pause/").content.decode()


# --- orders of two weeks ----------------------------------------------------------------------------------------------
def deliver_on(days_ago: int, *, path: str = "standard", channel: str = "phone", in_time: bool = True):
    """An order placed that many days ago and delivered within the hour, inside its window or after it."""
    at = timezone.now() - dt.timedelta(days=days_ago)
    with time_machine.travel(at, tick=False):
        order = placed(channel=channel)
        order.deliver(Handover.as_ordered(order, leak_check="passed"), place=DepotFactory().place, by=order.placed_by)
    end = order.delivered_at + dt.timedelta(minutes=10 if in_time else -10)
    Order.objects.filter(pk=order.pk).update(promised_from=end - dt.timedelta(hours=1), promised_to=end)
    if path != "standard":  # a trigger keeps the path of an order; here it is another one from the beginning
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("UPDATE orders_order SET variant = %s WHERE id = %s", [path, order.pk])
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_two_weeks_of_orders_stand_on_their_days(first, morning):
    for days_ago, channel in ((0, "phone"), (0, "web"), (13, "phone"), (14, "phone")):
        deliver_on(days_ago, channel=channel)

    fortnight = first.get("/pilot/").context["fortnight"]

    counted = [(counts, sum(counts)) for _day, counts, _before in fortnight.by_channel.table]
    assert (counted[0], counted[-1], len(counted)) == (([1, 0, 0, 0], 1), ([1, 1, 0, 0], 2), 14)
    since = timezone.localdate() - dt.timedelta(days=13)
    assert fortnight.by_channel.total == Order.objects.filter(placed_at__date__gte=since).count() == 3


def test_each_path_says_how_it_did_and_nothing_of_too_few(first, morning, monkeypatch):
    monkeypatch.setattr("pilot.fortnight.ENOUGH", 2)
    for days_ago, path, in_time in ((2, "standard", True), (1, "standard", False), (1, "web_ordering", True)):
        deliver_on(days_ago, path=path, in_time=in_time)

    standard, web = first.get("/pilot/").context["fortnight"].paths

    assert (standard.orders, standard.delivered, standard.share, standard.counts[-3:]) == (2, 2, "50.0%", [1, 1, 0])
    assert (web.orders, web.delivered, web.share) == (1, 1, None)


def test_without_an_order_nothing_is_drawn(first):
    page = first.get("/pilot/").content.decode()

    assert "<rect" not in page
    assert page.count("資料不足") == 5  # the bars, and line and share of both paths


def test_the_page_takes_twelve_queries_at_most_also_while_orders_are_stopped(first, ops, django_assert_max_num_queries):
    Flag.pause(by=ops, reason="x")
    Release.ask(by=ops, reason="x")

    with django_assert_max_num_queries(12):
        first.get("/pilot/")
