"""What the office asks of a driver who has left: numbered, open until it was seen, and what is handed over wins."""

import threading
import uuid

import pytest
from django.db import connection

from customers.models import Message
from deliveries.models import DriverEvent, Request, Review
from deliveries.reporting import events
from luckygas.errors import Refused
from luckygas.models import CUSTOMER
from tests.deliveries.reporting import again, departed, handed, phone_of, published, raw, send, stop_of
from tests.factories import DriverFactory, MembershipFactory, UserFactory, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning", "invariants_hold")]


@pytest.fixture
def stop(driver, order):
    departed(driver, order, placed())
    return stop_of(order)


def ask(order, kind="cancel", *, by=None, text="", operation_id=None):
    who = by or UserFactory()
    return Request.ask(again(order), kind=kind, by=who, text=text, operation_id=operation_id or uuid.uuid4())


def see(driver, *requests):
    route = requests[0].route_id
    return send(driver, raw("seen", route=route, numbers=[request.number for request in requests]))


def test_requests_of_a_route_are_numbered(order, stop):
    other = stop.route.stops.exclude(pk=stop.pk).get().order

    numbers = [ask(order, "change", text="兩支就好").number, ask(other).number]

    assert numbers == [1, 2]


def test_asked_twice_is_once(order, stop):
    operation, by = uuid.uuid4(), UserFactory()

    first, second = (ask(order, by=by, operation_id=operation) for _ in range(2))
    third = ask(order)

    assert first == second == third


def test_the_same_form_with_other_contents_is_refused(order, stop):
    operation = uuid.uuid4()
    ask(order, "change", text="兩支", operation_id=operation)

    with pytest.raises(Refused) as refused:
        ask(order, "change", text="三支", operation_id=operation)

    assert refused.value.code == "other_body"


def test_before_departure_nobody_is_asked(driver, order):
    published(driver, order)

    with pytest.raises(Refused) as refused:
        ask(order)

    assert refused.value.code == "not_out"


def test_a_seen_cancellation_cancels_the_order_and_ends_the_stop(driver, order, stop):
    by = UserFactory()
    request = ask(order, text="不用送了", by=by)
    assert again(order).state == "out"

    answer = see(driver, request)

    assert (answer["code"], again(request).state, request.seen_by) == ("applied", "seen", driver.user)
    assert (again(order).state, again(stop).state, stop.next_step) == ("cancelled", "failed", "cancel")
    assert order.events.get(to_state="cancelled", from_state="out").by == by
    assert Message.objects.filter(kind="cancelled").count() == 1


def test_a_seen_change_leaves_the_order_to_the_door(driver, order, stop):
    request = ask(order, "change", text="兩支就好")

    see(driver, request)

    assert (again(request).state, again(order).state, again(stop).state) == ("seen", "out", "pending")


def test_seen_twice_is_old_news(driver, order, stop):
    request = ask(order, "change", text="兩支就好")
    see(driver, request)

    assert see(driver, request)["code"] == "absorbed"


def test_only_who_drives_the_route_can_see_it(driver, order, stop):
    request = ask(order)

    answer = see(DriverFactory(), request)

    assert (answer["state"], again(request).state, again(order).state) == ("review", "asked", "out")


def test_handed_over_first_the_request_came_too_late(driver, order, stop):
    request, phone = ask(order), phone_of(driver.user)

    send(driver, handed(stop), phone)
    send(driver, raw("seen", route=stop.route_id, numbers=[request.number]), phone)

    assert (again(request).state, again(order).state) == ("overtaken", "delivered")
    assert Review.objects.count() == 0


def test_seen_first_and_handed_over_all_the_same_goes_to_review(driver, order, stop):
    request = ask(order)
    see(driver, request)

    answer = send(driver, handed(stop))

    assert (answer["state"], again(order).state, again(request).state) == ("review", "review", "overtaken")


def test_a_visit_that_failed_leaves_nothing_to_ask(driver, order, stop):
    request = ask(order)

    send(driver, raw("fail", stop, reason="not_home", next_step="call"))

    assert (again(request).state, again(order).state) == ("overtaken", "confirmed")


def test_an_urgent_stop_is_not_seen_until_the_phone_says_so(driver, order, stop, dispatcher):
    urgent = placed(is_gas_out=True)

    stop.route.add(urgent, by=dispatcher)

    request = Request.objects.get(order=urgent)
    assert (request.kind, request.state, request.stop) == ("insert", "asked", stop_of(urgent))
    see(driver, request)
    assert (again(request).state, again(urgent).state) == ("seen", "out")


@pytest.mark.django_db(transaction=True)
def test_seen_and_handed_over_in_the_same_moment_end_in_one_truth(driver, order, stop):
    request, answers, both = ask(order), [], threading.Barrier(2)
    seen = raw("seen", route=stop.route_id, numbers=[request.number])

    def post(sent):
        try:
            device = phone_of(driver.user)
            both.wait()
            answers.append(events.take(sent, device=device)["state"])
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[sent]) for sent in (seen, handed(stop))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ends = (again(order).state, again(request).state)
    assert ends in {("delivered", "overtaken"), ("review", "overtaken")}
    assert DriverEvent.objects.filter(state="stored").count() == 0
    assert order.lines.get().delivered == 1


# --- the pages ---
def test_its_customer_asks_and_reads_how_it_stands(driver, order, stop, signed_in):
    person = UserFactory(roles=[CUSTOMER])
    MembershipFactory(user=person, customer=order.customer)
    browser = signed_in(person)
    typed = {"operation_id": str(uuid.uuid4()), "kind": "cancel", "text": "不在家"}

    answer = browser.post(f"/orders/{order.number}/ask/", typed)

    page = browser.get(f"/orders/{order.number}/", headers={"accept-language": "en"}).content.decode()
    assert answer.status_code == 303
    assert "asked to cancel it" in page
    see(driver, Request.objects.get())
    page = browser.get(f"/orders/{order.number}/", headers={"accept-language": "en"}).content.decode()
    assert "the driver knows" in page


def test_a_change_says_what(order, stop, signed_in, dispatcher):
    typed = {"operation_id": str(uuid.uuid4()), "kind": "change", "text": " "}

    answer = signed_in(dispatcher).post(f"/orders/{order.number}/ask/", typed)

    assert (answer.status_code, Request.objects.count()) == (422, 0)


def test_the_office_reads_call_the_driver_until_it_was_seen(driver, order, stop, signed_in, dispatcher):
    browser = signed_in(dispatcher, **{"accept-language": "en"})
    request = ask(order, "change", text="兩支就好")

    board, page = (browser.get(url).content.decode() for url in ("/dispatch/", f"/orders/{order.number}/"))
    assert "call the driver" in board
    assert "Call the driver: change" in page

    see(driver, request)
    board, page = (browser.get(url).content.decode() for url in ("/dispatch/", f"/orders/{order.number}/"))
    assert "call the driver" not in board
    assert "Call the driver" not in page


def test_the_driver_reads_it_on_top_and_says_so(driver, order, stop, signed_in):
    request = ask(order, "change", text="兩支就好")
    phone = signed_in(driver.user)
    form = phone.get("/drive/").context["seen"]

    phone.post("/drive/seen/", {"operation_id": str(uuid.uuid4()), "numbers": form["numbers"].value()})

    assert again(request).state == "seen"
    assert "seen" not in phone.get("/drive/").context


def test_stops_at_one_address_stand_together(driver, twenty, signed_in):
    first, between, second = (placed() for _ in range(3))
    second.site.address = first.site.address
    second.site.save(update_fields=["address"])
    departed(driver, first, between, second)

    page = signed_in(driver.user, **{"accept-language": "en"}).get("/drive/")

    assert [stop.order for stop in page.context["todo"]] == [first, second, between]
    assert "2 stops at this door" in page.content.decode()
