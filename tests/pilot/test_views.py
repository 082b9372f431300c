"""The pilot's pages."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from customers.models import Message
from luckygas.celery import heartbeat
from luckygas.flags import CHANNELS, ORDERS_PAUSED, WEB_ORDERING, WEB_PAUSED, decide
from orders.handover import Handover
from orders.models import Order
from pilot.flags.switches import ask_edit, ask_release
from pilot.models import Alarm, Approval, Flag, FlagChange
from tests.factories import AreaFactory, CustomerFactory, DepotFactory, UserFactory, given, placed

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def first(ops, signed_in):
    return signed_in(ops)


@pytest.fixture
def second(signed_in, manager):
    return signed_in(manager)


USUAL = ["web", "api", "standing"]


def pull(first, reason="成功線封路", channels=USUAL, **headers):
    return first.post("/pilot/pause/", {"reason": reason, "channels": channels}, headers=headers)


def ask(first, reason="路通了", channels=USUAL, **headers):
    return first.post("/pilot/resume/", {"reason": reason, "channels": channels}, headers=headers)


def settle(browser, act, pk=None, **headers):
    pk = pk or Approval.waiting()[0].pk
    return browser.post(f"/pilot/approvals/{pk}/decide/", {"act": act}, headers=headers)


def stopped():
    return [channel for channel in CHANNELS if decide().stops(channel)]


def flag_form(**more):
    typed = {"everyone": "some", "percent": "25", "reason": "第三批", "seen": FlagChange.newest(WEB_ORDERING)}
    terms = {"purpose": "release", "owner": "ops", "due_on": timezone.localdate() + dt.timedelta(days=30)}
    return typed | terms | more


PLACES = ["", "flags/", f"flags/{WEB_ORDERING}/", f"flags/{WEB_PAUSED}/", "pause/", "resume/", "approvals/", "alarms/"]


@pytest.mark.parametrize("page", PLACES)
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
    with django_assert_max_num_queries(15) as one:
        first.get("/pilot/")
    for number in range(3):
        CustomerFactory()
        Message.write(kind="held", recipient="+886900000123", body="x", cause=("t", Message.objects.count()))
        Alarm.objects.create(kind="test", subject=str(number), said="x")
    given(percent=5)

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
        ({"owner": ""}, "owner"),
        ({"owner": "customer1"}, "owner"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2020-01-01"}, "due_on"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "kill"}, "purpose"),
        ({"needs": ORDERS_PAUSED}, "needs"),
        ({"allow_roles": ["nobody"]}, "allow_roles"),
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
    given(percent=5)

    response = first.post(f"/pilot/flags/{WEB_ORDERING}/", typed)

    assert response.status_code == 422
    assert "剛才有人改過這個旗標" in response.content.decode()
    assert Flag.objects.get(name=WEB_ORDERING).percent == 5


def test_a_second_tap_is_the_same_change(first):
    typed = flag_form()

    statuses = [first.post(f"/pilot/flags/{WEB_ORDERING}/", typed).status_code for _ in range(2)]

    assert statuses == [303, 303]
    assert FlagChange.objects.count() == 1


def test_an_unknown_flag_has_no_form(first):
    assert first.get("/pilot/flags/pilot_nothing/").status_code == 404


def test_every_field_of_a_flag_is_typed_and_kept(first, ops):
    area, customer = AreaFactory(code="成", name="成功"), CustomerFactory()
    typed = flag_form(
        allow_areas=area.code, allow_customers=str(customer.number), allow_roles=["driver"], needs="driver_position",
        purpose="experiment", starts_at="2026-12-01T08:00", ends_at="2027-01-01T08:00",
    )  # fmt: skip

    assert first.post(f"/pilot/flags/{WEB_ORDERING}/", typed).status_code == 303

    flag = Flag.objects.get(name=WEB_ORDERING)
    assert (flag.allow_roles, flag.needs) == (["driver"], "driver_position")
    assert (flag.purpose, flag.owner) == ("experiment", ops)
    page = first.get(f"/pilot/flags/{WEB_ORDERING}/").content.decode()
    for kept in ('value="2026-12-01T08:00"', f'value="{typed["due_on"]}"', 'value="driver_position" selected'):
        assert kept in page


def test_off_and_some_again_keeps_the_lists(first):
    customer = CustomerFactory()
    first.post(f"/pilot/flags/{WEB_ORDERING}/", flag_form(allow_customers=str(customer.number)))
    for word in ("off", "some"):
        shown = first.get(f"/pilot/flags/{WEB_ORDERING}/").context["form"]
        typed = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
        response = first.post(f"/pilot/flags/{WEB_ORDERING}/", typed | {"everyone": word, "reason": word})
        assert response.status_code == 303, response.context["form"].errors
        assert decide(customer=customer)[WEB_ORDERING] is (word == "some")


def test_the_list_counts_the_customers_of_each_flag(first):
    customer = CustomerFactory()
    CustomerFactory()
    given(allow_customers=[customer.number])

    rows = {each.name: each.customers for each in first.get("/pilot/flags/").context["flags"]}

    assert (rows[WEB_ORDERING], rows["driver_position"], rows[ORDERS_PAUSED]) == (1, 2, None)


def test_what_one_customer_has_is_told(first):
    customer = CustomerFactory()
    given(allow_customers=[customer.number])

    page = first.get(f"/pilot/flags/?customer={customer.number}")

    assert page.context["has"] == decide(customer=customer).flags
    for nobody in ("99999999", "王", "1" * 40):
        assert first.get("/pilot/flags/", {"customer": nobody}).status_code == 200


# --- the switches ---------------------------------------------------------------------------------------------------
def test_one_person_stops_new_orders_at_once(first):
    assert stopped() == []

    response = pull(first)

    assert (response.status_code, response["Location"]) == (303, "/pilot/")
    assert stopped() == USUAL
    page = first.get("/pilot/").content.decode()
    assert "已停收新單：網路、API、定期單" in page
    assert "成功線封路" in page


def test_some_channels_stop_alone(first):
    pull(first, channels=["api", "desk"])

    assert stopped() == ["api", "desk"]


def test_pulling_twice_is_pulling_once(first):
    pull(first)

    assert pull(first).status_code == 303
    assert FlagChange.objects.count() == 1


@pytest.mark.parametrize(
    "typed, said", [({"reason": " "}, "reason"), ({"channels": []}, "channels"), ({"channels": ["radio"]}, "channels")]
)
def test_without_a_reason_or_a_channel_nothing_stops(first, typed, said):
    response = pull(first, **typed, **HTMX)

    assert response.status_code == 422
    assert f'id="id_{said}_error"' in response.content.decode()
    assert stopped() == []


def test_two_people_take_orders_again(first, second):
    pull(first)
    ask(first)
    assert stopped() == USUAL
    assert "路通了" in second.get("/pilot/").content.decode()

    response = settle(second, "confirm", **HTMX)

    assert response.status_code == 204
    assert stopped() == []
    assert "收單中" in first.get("/pilot/").content.decode()


def test_only_one_channel_is_taken_again(first, second):
    pull(first)
    ask(first, channels=["api"])

    settle(second, "confirm")

    assert stopped() == ["web", "standing"]


def test_the_same_person_is_refused(first):
    pull(first)
    ask(first)

    response = settle(first, "confirm", **HTMX)

    assert response.status_code == 422
    assert "要第二個人同意" in response.content.decode()
    assert stopped() == USUAL


def test_the_second_person_does_not_agree(first, second):
    pull(first)
    ask(first)

    settle(second, "refuse")

    assert Approval.waiting() == []
    assert stopped() == USUAL


@pytest.mark.parametrize("typed", [{"act": "nonsense"}, {}])
def test_nonsense_releases_nothing(first, second, typed):
    pull(first)
    ask(first)

    response = second.post(f"/pilot/approvals/{Approval.waiting()[0].pk}/decide/", typed)

    assert response.status_code == 422
    assert stopped() == USUAL
    assert len(Approval.waiting()) == 1


def test_an_approval_nobody_knows_is_not_there(first):
    assert settle(first, "confirm", pk=77).status_code == 404


def test_what_was_edited_meanwhile_says_so_and_stays(first, second, ops):
    pull(first, channels=["web"])
    ask(first, channels=["web"])
    pk = Approval.waiting()[0].pk
    Flag.change(ORDERS_PAUSED, by=ops, reason="all", everyone=True)

    response = settle(second, "confirm", pk=pk, **HTMX)

    assert response.status_code == 422
    assert "重新提出" in response.content.decode()
    assert stopped() == USUAL


@pytest.mark.parametrize("typed, said", [({"reason": " "}, "reason"), ({"channels": []}, "channels")])
def test_asking_needs_a_reason_and_a_channel(first, typed, said):
    pull(first)

    response = ask(first, **typed, **HTMX)

    assert response.status_code == 422
    assert f'id="release_{said}_error"' in response.content.decode()
    assert Approval.objects.count() == 0


def test_while_orders_are_taken_there_is_nothing_to_release(first):
    assert "正常收單中" in first.get("/pilot/resume/").content.decode()

    assert ask(first).status_code == 422


def test_a_pulled_switch_offers_what_is_left(first):
    pull(first)

    page = first.get("/pilot/pause/").content.decode()

    form = page.partition("slip form pull")[2].partition("</form>")[0]
    assert 'value="desk"' in form
    assert 'value="web"' not in form


def test_the_switches_are_answered_304_until_one_is_pulled_or_let_go(first, second):
    def part():
        return second.get("/pilot/pause/", headers={"hx-request": "true"}).content.decode()

    def changed_since(seen):
        sent = json.loads(re.search(r"data-hx-headers='([^']+)'", seen)[1])
        return {200: True, 304: False}[second.get("/pilot/pause/", headers={"hx-request": "true"} | sent).status_code]

    taking = part()
    assert "放開，再收單" not in taking
    assert not changed_since(taking)

    pull(first)
    assert changed_since(taking)
    pulled = part()
    assert "放開，再收單" in pulled
    assert not changed_since(pulled)

    ask(first)
    settle(second, "confirm")
    assert changed_since(pulled)


def test_two_people_edit_a_switch(first, second, ops):
    until = timezone.localdate() + dt.timedelta(days=30)
    typed = {"owner": "ops", "due_on": until, "reason": "放假前"}
    assert first.post(f"/pilot/flags/{WEB_PAUSED}/", typed).status_code == 303
    assert not Flag.objects.filter(owner=ops).exists()

    settle(second, "confirm")

    assert Flag.objects.get(name=WEB_PAUSED).due_on == until


# --- alarms -----------------------------------------------------------------------------------------------------------
def test_an_alarm_stands_on_the_page_and_in_the_bar(first):
    Alarm.objects.create(kind="test", subject="x", said="這裡不對")

    assert "這裡不對" in first.get("/pilot/").content.decode()
    assert "這裡不對" in first.get("/pilot/alarms/").content.decode()
    plate = first.get("/pilot/alarms/", headers=HTMX).content.decode()
    assert "1 個警示" in plate
    assert "<html" not in plate


@pytest.mark.parametrize("role, has", [("ops", True), ("manager", True), ("dispatcher", False)])
def test_who_can_do_something_about_it_has_the_plate(signed_in, role, has):
    page = signed_in(UserFactory(roles=[role])).get("/monitor/").content.decode()

    assert ('id="alarm-plate"' in page) is has


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
    monkeypatch.setattr("pilot.measuring.fortnight.ENOUGH", 2)
    for days_ago, path, in_time in ((2, "standard", True), (1, "standard", False), (1, "web_ordering", True)):
        deliver_on(days_ago, path=path, in_time=in_time)

    standard, web = first.get("/pilot/").context["fortnight"].paths

    assert (standard.orders, standard.delivered, standard.share, standard.counts[-3:]) == (2, 2, "50.0%", [1, 1, 0])
    assert (web.orders, web.delivered, web.share) == (1, 1, None)


def test_without_an_order_nothing_is_drawn(first):
    page = first.get("/pilot/").content.decode()

    assert "<rect" not in page
    assert page.count("資料不足") == 5  # the bars, and line and share of both paths


def test_the_page_takes_few_queries_also_while_orders_are_stopped(first, ops, django_assert_max_num_queries):
    Flag.pause(by=ops, reason="x")
    ask_release(frozenset(USUAL), by=ops, reason="x")
    ask_edit(WEB_PAUSED, owner=ops, due_on=timezone.localdate(), by=ops, reason="x")

    with django_assert_max_num_queries(19):  # one or two more for each that waits
        first.get("/pilot/")
