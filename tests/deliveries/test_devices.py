"""What the office hears of a phone that began anew, and of reports that never came."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from deliveries.models import Device, DriverEvent, Review
from deliveries.reporting import devices
from tests.deliveries.reporting import phone_of, raw, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
LATER = dt.timedelta(hours=25)


@pytest.fixture
def told(driver, stop):
    """A phone that sent numbers 1, 2 and 5."""
    device = phone_of(driver.user)
    for seq in (1, 2, 5):
        send(driver, raw("arrive", stop) | {"seq": seq}, device)
    return device


def anew(driver, before, seq, key=None):
    return devices.introduce(driver.user, key or uuid.uuid4(), {"device": str(before.key), "seq": seq})


def test_a_phone_that_began_anew_says_which_reports_never_came(driver, told):
    device = anew(driver, told, 7)

    assert (device.reset_of, device.reset_seq) == (told, 7)
    reason = Review.objects.get().reason
    assert ("7" in reason, "3, 4, 6, 7" in reason or "3、4、6、7" in reason) == (True, True)


def test_it_is_told_once(driver, told):
    device = anew(driver, told, 7)

    again = anew(driver, told, 7, device.key)

    assert (again, Review.objects.count()) == (device, 1)
    Device.objects.filter(pk=told.pk).update(checked_to=7)
    assert devices.sweep() == 0


def test_nothing_lost_is_no_review(driver, stop):
    device = phone_of(driver.user)
    send(driver, raw("arrive", stop) | {"seq": 1}, device)

    anew(driver, device, 1)

    assert Review.objects.count() == 0


@pytest.mark.parametrize("reset", [7, {}, {"device": "x", "seq": 3}, {"device": str(uuid.uuid4()), "seq": -1}, [1]])
def test_a_reset_nobody_can_read_is_a_new_phone(driver, reset):
    device = devices.introduce(driver.user, uuid.uuid4(), reset)

    assert (device.reset_of, Review.objects.count()) == (None, 0)


def test_a_new_phone_is_worth_a_word_only_while_another_keeps_something_back(driver, stop):
    now = timezone.now()
    devices.introduce(driver.user, uuid.uuid4(), None)
    Device.objects.update(last_seen_at=now)
    devices.introduce(driver.user, uuid.uuid4(), None)
    assert Review.objects.count() == 0

    Device.objects.update(last_seen_at=now, unsent=1)
    key = uuid.uuid4()
    devices.introduce(driver.user, key, None)
    devices.introduce(driver.user, key, None)

    assert Review.objects.count() == 1
    Device.objects.update(last_seen_at=now - dt.timedelta(days=1))
    devices.introduce(driver.user, uuid.uuid4(), None)
    assert Review.objects.count() == 1


def test_a_gap_older_than_a_day_is_told_once(driver, told):
    assert devices.sweep() == 0
    DriverEvent.objects.filter(device=told).update(received_at=timezone.now() - LATER)

    assert [devices.sweep(), devices.sweep()] == [1, 0]

    reason = Review.objects.get().reason
    assert "3、4" in reason or "3, 4" in reason


def test_a_gap_that_may_still_fill_is_not_told(driver, told, stop):
    DriverEvent.objects.filter(device=told, seq__lt=5).update(received_at=timezone.now() - LATER)
    assert devices.sweep() == 0

    for seq in (3, 4):
        send(driver, raw("arrive", stop) | {"seq": seq}, told)
    DriverEvent.objects.filter(device=told).update(received_at=timezone.now() - LATER)

    assert (devices.sweep(), Review.objects.count()) == (0, 0)
