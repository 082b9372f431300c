"""The driver's pages as plain forms: each tap is a driver event that goes the same way as a phone's."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Incident, Payment
from deliveries.models import DriverEvent, Proof, ProofRule, Review, Stop
from orders.models import CylinderMovement
from orders.wishes import Item
from tests.deliveries.pictures import jpeg
from tests.deliveries.reporting import again, departed, published, stop_of
from tests.factories import ContactFactory, DriverFactory, placed, priced

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


def typed(**more):
    """A handover of one 20 kg cylinder as ordered, paid in cash, not signed."""
    return {
        "kind": "deliver",
        "operation_id": str(uuid.uuid4()),
        "items.20.delivered": "1",
        "items.20.empties": "1",
        "leak_check": "passed",
        "choice": "exact",
        "unsigned": "on",
    } | more


# --- the list ---
def test_the_next_stop_stands_first_with_whom_to_call_and_the_way(phone, driver, order):
    ContactFactory(customer=order.customer, phone="+886900000124")
    departed(driver, order)

    page = phone.get("/drive/").content.decode()

    assert order.customer.name in page
    assert "tel:+886900000124" in page
    assert "google.com/maps/dir/" in page


def test_a_driver_without_a_route_is_told(phone):
    assert "No route today" in phone.get("/drive/", headers={"accept-language": "en"}).content.decode()


def test_drafts_and_other_drivers_routes_are_not_shown(phone, order):
    departed(DriverFactory(), order)

    assert order.customer.name not in phone.get("/drive/").content.decode()


def test_htmx_gets_the_list_alone(driver, signed_in, order):
    departed(driver, order)

    page = signed_in(driver.user, **{"HX-Request": "true"}).get("/drive/").content.decode()

    assert page.startswith('<div id="drive-route"')


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_eight_queries_however_long(phone, driver, twenty, count, django_assert_num_queries):
    orders = [placed() for _ in range(count)]
    for each in orders:
        ContactFactory(customer=each.customer)
    departed(driver, *orders)

    with django_assert_num_queries(8):
        phone.get("/drive/")


def test_the_office_has_no_business_on_the_drivers_pages(signed_in, dispatcher, stop):
    browser = signed_in(dispatcher)

    for path in (
        "/drive/",
        "/drive/load/",
        f"/drive/stops/{stop.pk}/",
        f"/drive/stops/{stop.pk}/fail/",
        "/drive/events/",
    ):
        assert browser.get(path).status_code == 403


@pytest.mark.parametrize("path", ["/drive/stops/{}/", "/drive/stops/{}/fail/"])
def test_another_drivers_stop_is_not_found(signed_in, stop, path):
    other = signed_in(DriverFactory().user)

    assert other.get(path.format(stop.pk)).status_code == 404
    assert other.post(path.format(stop.pk), typed()).status_code == 404
    assert DriverEvent.objects.count() == 0


# --- leaving ---
def test_leaving_loads_what_was_counted(phone, driver, order, twenty):
    route = published(driver, order)

    answer = phone.post("/drive/load/", {"operation_id": uuid.uuid4(), "loaded.20": "3", "in_date": "on"})

    assert (answer.status_code, answer["Location"]) == (303, "/drive/")
    assert (again(route).state, again(order).state) == ("departed", "out")
    assert dict(driver.vehicle.place.stock()) == {(twenty.pk, "full"): 3}


def test_leaving_with_too_much_is_refused_and_changes_nothing(phone, driver, order):
    route = published(driver, order)

    answer = phone.post("/drive/load/", {"operation_id": uuid.uuid4(), "loaded.20": "99", "in_date": "on"})

    assert answer.status_code == 422
    assert "3,960" in answer.content.decode() or "3960" in answer.content.decode()
    assert again(route).state == "published"
    assert DriverEvent.objects.count() == 0


def test_loading_without_a_route_is_not_found(phone):
    assert phone.get("/drive/load/").status_code == 404


# --- arriving and handing over ---
def test_arriving_is_a_driver_event(phone, driver, stop):
    operation = uuid.uuid4()

    answer = phone.post(f"/drive/stops/{stop.pk}/", {"kind": "arrive", "operation_id": operation})

    assert answer.status_code == 303
    assert again(stop).state == "arrived"
    assert DriverEvent.objects.get(pk=operation).user == driver.user


def test_a_handover_by_form_delivers_and_takes_the_exact_amount(phone, order, stop):
    sent = typed()

    answer = phone.post(f"/drive/stops/{stop.pk}/", sent)

    assert (answer.status_code, answer["Location"]) == (303, "/drive/")
    assert (again(order).state, again(stop).state) == ("delivered", "done")
    assert Payment.objects.get().received_twd == 820
    assert DriverEvent.objects.get(pk=sent["operation_id"]).state == "applied"


def test_the_same_form_again_is_the_first_answer(phone, order, stop):
    sent = typed()
    phone.post(f"/drive/stops/{stop.pk}/", sent)

    answer = phone.post(f"/drive/stops/{stop.pk}/", sent)

    assert answer.status_code == 303
    assert DriverEvent.objects.count() == 1
    assert Payment.objects.count() == 1


def test_the_same_form_with_other_contents_is_refused(phone, order, stop):
    sent = typed()
    phone.post(f"/drive/stops/{stop.pk}/", sent)

    answer = phone.post(f"/drive/stops/{stop.pk}/", sent | {"items.20.empties": "0"})

    assert answer.status_code == 422
    assert order.lines.get().empties_taken == 1


SIGNED = {"unsigned": "", "signature": "M1 2l3 4"}


@pytest.mark.parametrize(
    ("photo", "typed_more", "said"),
    [
        ("optional", {}, None),
        ("unsigned", {}, "photo"),
        ("unsigned", SIGNED, None),
        ("always", SIGNED, "photo"),
    ],
)
def test_the_kind_of_customer_says_when_a_photo_is_wanted(phone, stop, photo, typed_more, said):
    ProofRule.objects.create(customer_kind=stop.site.customer.kind, photo=photo)

    answer = phone.post(f"/drive/stops/{stop.pk}/", typed(**typed_more))

    assert (answer.status_code == 422) == bool(said)
    assert DriverEvent.objects.exists() == (not said)
    if said:
        assert list(answer.context["form"].errors) == [said]
        shown = typed(**typed_more) | {"photo": SimpleUploadedFile("photo.jpg", jpeg())}
        assert phone.post(f"/drive/stops/{stop.pk}/", shown).status_code == 303
        assert again(stop).state == "done"


def test_another_kind_of_customer_keeps_its_own_rule(phone, stop):
    ProofRule.objects.create(customer_kind="commercial", photo="always")
    assert stop.site.customer.kind == "household"

    assert phone.post(f"/drive/stops/{stop.pk}/", typed()).status_code == 303


def test_nobody_is_asked_to_sign_where_no_signature_is_wanted(phone, stop):
    ProofRule.objects.create(customer_kind=stop.site.customer.kind, asks_signature=False)

    assert phone.post(f"/drive/stops/{stop.pk}/", typed(unsigned="")).status_code == 303

    assert DriverEvent.objects.get().body["unsigned"] is True


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"choice": ""}, "choice"),
        ({"choice": "other"}, "received_twd"),
        ({"choice": "other", "received_twd": "-5"}, "received_twd"),
        ({"choice": "account"}, "choice"),
        ({"unsigned": ""}, "unsigned"),
        ({"items.20.delivered": "-1"}, "items.20.delivered"),
        ({"items.20.delivered": "100"}, "items.20.delivered"),
        ({"items.20.delivered": "0"}, "items.20.rest"),
        ({"items.16.delivered": "1"}, "agreed"),
        ({"leak_check": ""}, "leak_check"),
        ({"operation_id": "x"}, "operation_id"),
        ({"photo": SimpleUploadedFile("photo.jpg", b"no photo")}, "photo"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_changes_nothing(phone, driver, twenty, wrong, said):
    priced("16", gas_kg=16, tare_kg=16)
    order = placed(is_gas_out=True)
    departed(driver, order)
    stop = stop_of(order)

    answer = phone.post(f"/drive/stops/{stop.pk}/", typed(**wrong))

    assert answer.status_code == 422
    assert said in answer.context["form"].errors
    assert (again(order).state, again(stop).state) == ("out", "pending")
    assert DriverEvent.objects.count() == 0


def test_the_leak_check_and_the_payment_are_never_chosen_beforehand(phone, driver, twenty):
    order = placed(is_gas_out=True)
    departed(driver, order)

    page = phone.get(f"/drive/stops/{stop_of(order).pk}/").content.decode()

    assert 'name="leak_check"' in page
    assert "checked" not in page


def test_a_leak_fails_the_stop_whatever_else_was_typed(phone, driver, twenty):
    order = placed(is_gas_out=True)
    departed(driver, order)

    answer = phone.post(f"/drive/stops/{stop_of(order).pk}/", typed(leak_check="leak", choice=""))

    assert answer.status_code == 303
    assert (stop_of(order).fail_reason, again(order).state) == ("leak", "confirmed")
    assert Incident.objects.count() == 1
    assert CylinderMovement.objects.filter(cause_kind="order").count() == 0


def test_another_amount_another_empty_and_another_kind(phone, driver, twenty):
    sixteen = priced("16", gas=690, gas_kg=16, tare_kg=16)
    order = placed(items=(Item(twenty, 2, 2),))
    departed(driver, order)
    sent = typed(
        **{"items.20.delivered": "1", "items.20.rest": "substituted", "items.16.delivered": "1"},
        **{"items.16.empties": "1", "items.20.other_empties": "1", "agreed": "on"},
        choice="other",
        received_twd="1000",
    )

    answer = phone.post(f"/drive/stops/{stop_of(order).pk}/", sent)

    assert answer.status_code == 303
    assert again(order).state == "delivered"
    assert order.due_twd == 820 + 690
    assert Payment.objects.get().received_twd == 1000
    assert dict(driver.vehicle.place.stock())[sixteen.pk, "empty"] == 1
    assert order.owed_orders.count() == 0


def test_an_empty_with_gas_left_is_said_and_never_more_than_came_back(phone, driver, order, stop):
    path = f"/drive/stops/{stop.pk}/"
    assert 'name="items.20.parts"' in phone.get(path).content.decode()

    assert phone.post(path, typed(**{"items.20.parts": "2"})).status_code == 422
    assert phone.post(path, typed(**{"items.20.parts": "1"})).status_code == 303

    assert dict(driver.vehicle.place.stock())[order.lines.get().product_id, "part"] == 1


def test_left_there_makes_a_stop_that_collects(phone, order, stop):
    phone.post(f"/drive/stops/{stop.pk}/", typed(choice="left"))
    collecting = Stop.objects.get(kind="collect_money")

    page = phone.get(f"/drive/stops/{collecting.pk}/").content.decode()
    answer = phone.post(
        f"/drive/stops/{collecting.pk}/",
        {"kind": "collect", "operation_id": uuid.uuid4(), "choice": "exact", "unsigned": "on"},
    )

    assert "820" in page
    assert answer.status_code == 303
    assert Payment.objects.get().received_twd == 820
    assert again(collecting).state == "done"


def test_a_signature_and_a_photo_are_kept_with_the_stop(phone, stop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    sent = typed(unsigned="", signature="M1 1l5 5", photo=SimpleUploadedFile("photo.jpg", jpeg()))

    phone.post(f"/drive/stops/{stop.pk}/", sent)

    assert sorted(stop.proofs.values_list("kind", flat=True)) == ["photo", "signature"]
    assert Proof.objects.get(kind="signature").path == "M1 1l5 5"


def test_what_the_office_must_look_at_is_said(phone, driver, order, stop):
    again(order)._move("cancelled", by=driver.user)

    answer = phone.post(f"/drive/stops/{stop.pk}/", typed(), follow=True, headers={"accept-language": "en"})

    said = f"the office looks at it: Order {order.number} was cancelled when it was delivered."
    assert said in answer.text
    assert Review.objects.get().order == order


def test_a_finished_stop_shows_what_was_handed_over(phone, stop):
    phone.post(f"/drive/stops/{stop.pk}/", typed())

    page = phone.get(f"/drive/stops/{stop.pk}/").content.decode()

    assert 'name="items.20.delivered"' not in page


# --- failing and closing ---
def test_a_failed_visit_needs_why_and_what_next(phone, order, stop):
    path = f"/drive/stops/{stop.pk}/fail/"

    wrong = phone.post(path, {"operation_id": uuid.uuid4(), "reason": "not_home"})
    right = phone.post(path, {"operation_id": uuid.uuid4(), "reason": "not_home", "next_step": "tomorrow"})

    assert (wrong.status_code, right.status_code) == (422, 303)
    assert list(wrong.context["form"].errors) == ["next_step"]
    assert (again(stop).state, stop.next_step, again(order).needs_day) == ("failed", "tomorrow", True)


def test_the_end_of_the_day_adds_up(phone, driver, twenty):
    orders = [placed(items=(Item(twenty, 2, 1),)), placed()]
    route = departed(driver, *orders)
    phone.post(f"/drive/stops/{stop_of(orders[0]).pk}/", typed(**{"items.20.delivered": "2"}))
    phone.post(
        f"/drive/stops/{stop_of(orders[1]).pk}/fail/",
        {"operation_id": uuid.uuid4(), "reason": "closed", "next_step": "call"},
    )

    shown = phone.get("/drive/summary/").context
    answer = phone.post("/drive/summary/", {"operation_id": uuid.uuid4()})

    assert (shown["delivered"], len(shown["failed"]), shown["cash_twd"]) == (1, 1, 2640)
    assert shown["rows"] == [(twenty, 2, 1)]
    assert answer.status_code == 303
    assert again(route).state == "closed"


def test_a_route_with_open_stops_is_not_closed(phone, stop):
    answer = phone.post("/drive/summary/", {"operation_id": uuid.uuid4()})

    assert answer.status_code == 422
    assert again(stop.route).state == "departed"
    assert DriverEvent.objects.count() == 0


def test_looking_at_a_stop_is_written_down(phone, driver, stop):
    from luckygas.models import RecordRead

    phone.get(f"/drive/stops/{stop.pk}/")

    read = RecordRead.objects.get()
    assert (read.user, read.kind, read.record_id) == (driver.user, "customer", stop.site.customer_id)
