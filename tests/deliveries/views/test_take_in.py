"""The file that a driver brings when the phone finds no signal."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from deliveries.models import Device, DriverEvent, Review
from tests.deliveries.reporting import handed, raw
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture
def office(dispatcher, signed_in):
    return signed_in(dispatcher)


def letter(driver, *events, **more):
    return {"app": "luckygas", "user": driver.user.pk, "device": str(uuid.uuid4()), "events": list(events)} | more


def bring(office, content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    return office.post("/dispatch/take-in/", {"file": SimpleUploadedFile("reports.json", content)})


def test_its_reports_are_the_drivers_and_say_who_brought_them(office, dispatcher, driver, stop):
    sent = letter(driver, raw("arrive", stop), handed(stop), photos=2)

    page = bring(office, sent).content.decode()

    events = list(DriverEvent.objects.order_by("seq"))
    assert [(each.state, each.user, each.brought_by) for each in events] == [("applied", driver.user, dispatcher)] * 2
    assert str(Device.objects.get().key) == sent["device"]
    assert Device.objects.get().clock_offset_seconds == 0  # the file's age says nothing about the clock
    assert "還有 2 張照片" in page
    assert stop.site.customer.name in page


def test_the_same_file_again_and_the_phone_afterwards_change_nothing(office, driver, stop, signed_in):
    sent = letter(driver, handed(stop))
    first = bring(office, sent)
    phone = signed_in(driver.user)

    answer = phone.post("/drive/events/", json.dumps(sent), content_type="application/json").json()
    again = bring(office, sent)

    assert answer["answers"][0]["state"] == "applied"
    assert first.status_code == again.status_code == 200
    assert (DriverEvent.objects.count(), Review.objects.count()) == (1, 0)


def test_what_does_not_fit_is_shown_with_its_sentence(office, driver, stop):
    event = handed(stop)

    page = bring(office, letter(driver, event, event | {"body": {}}, "nonsense", raw("deliver", stop, items=7)))

    assert page.status_code == 200
    assert [each.state for each in page.context["taken"]] == ["applied", "refused", "refused", "review"]
    assert all(each.sentence for each in page.context["taken"][1:])


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"app": "luckygas"}', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_such_file_is_422(office, content):
    assert bring(office, content).status_code == 422


def test_a_file_of_nobody_who_drives_is_422(office, driver, stop):
    other = letter(driver, handed(stop), user=UserFactory().pk)

    assert bring(office, other).status_code == 422
    assert bring(office, letter(driver, handed(stop), device="x")).status_code == 422
    assert DriverEvent.objects.count() == 0
