"""Hours in which nobody drives: no window in them, by any way, and a sentence for who asks."""

import datetime as dt

import pytest
from django.utils import timezone

from customers.models import CalendarDay
from luckygas.errors import Refused
from orders.models import Order
from orders.windows import estimate_now, windows_for
from orders.wishes import When
from tests.factories import SiteFactory, SlotFactory, placed, wish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
TODAY = dt.date(2026, 11, 24)  # a Tuesday, 09:00
TOMORROW = TODAY + dt.timedelta(days=1)


def stop(day, first, last, **more):
    return CalendarDay.objects.create(
        day=day, kind="suspension", name="颱風", from_hour=first, until_hour=last, **more
    )  # fmt: skip


def hours_of(order: Order) -> tuple[int, int]:
    return tuple(timezone.localtime(at).hour for at in (order.promised_from, order.promised_to))


def test_windows_that_meet_the_hours_are_not_offered():
    site = SiteFactory()
    for hour in (8, 10, 12, 14):
        SlotFactory(area=site.area, day=TOMORROW, starts=hour, ends=hour + 2)
    stop(TOMORROW, 11, 14)

    assert [window.slot.starts for window in windows_for(site)] == [8, 14]


def test_a_window_from_a_form_that_was_open_before_is_refused_with_when_and_why():
    slot = SlotFactory(day=TOMORROW)
    stop(TOMORROW, 10, 12)

    with pytest.raises(Refused) as refused:
        placed(wish(SiteFactory(area=slot.area), when=When(slot=slot)))

    assert (refused.value.code, refused.value.field) == ("suspended", "when")
    assert all(part in str(refused.value.sentence) for part in ("11/25", "10:00–12:00", "颱風"))


def test_a_day_is_promised_for_the_hours_that_are_left():
    stop(TOMORROW, 0, 14)

    assert hours_of(placed(wish(when=When(day=TOMORROW)))) == (14, 20)


def test_a_whole_day_is_refused_and_others_named():
    stop(TOMORROW, 8, 20)

    with pytest.raises(Refused) as refused:
        placed(wish(when=When(day=TOMORROW)))

    assert refused.value.code == "closed_day"
    assert "11/26" in str(refused.value.sentence)


def test_a_day_on_which_only_their_hours_are_hit_is_closed_to_them():
    early = SiteFactory(hours=0b11)  # 08–10
    stop(TOMORROW, 8, 10)

    with pytest.raises(Refused):
        placed(wish(early, when=When(day=TOMORROW)))


@pytest.mark.parametrize(
    "first, last, soonest", [(9, 12, "11-24 12:00"), (9, 24, "11-25 08:00"), (10, 13, "11-24 13:00")]
)
def test_now_is_the_first_moment_after_it_that_is_long_enough(first, last, soonest):
    stop(TODAY, first, last)
    nine_thirty = timezone.now() + dt.timedelta(minutes=1)

    found = estimate_now(SiteFactory(), ahead=0, at=nine_thirty)

    assert f"{timezone.localtime(found.starts_at):%m-%d %H:%M}" == soonest
