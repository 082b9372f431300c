"""Standing orders as the office sees and changes them, and as customers see their own."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from luckygas.models import CUSTOMER, RecordRead
from orders.models import Order, StandingDay, StandingOrder
from pilot.models import Flag
from tests.factories import (
    AreaFactory,
    CustomerFactory,
    MembershipFactory,
    SiteFactory,
    StandingOrderFactory,
    UserFactory,
    decided,
    priced,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}
TUESDAY = dt.date(2026, 11, 24)
WEDNESDAY, THURSDAY, FRIDAY = (TUESDAY + dt.timedelta(days=n) for n in (1, 2, 3))


@pytest.fixture
def standing(db):
    return StandingOrderFactory(site=SiteFactory(customer=CustomerFactory(name="阿金麵店"), driver_note="走後門"))


@pytest.fixture
def template(db):
    return StandingOrderFactory(rhythm="none", weekdays=[], name="宴席用", note="鑰匙在櫃台")


def address(name, *args):
    return reverse(f"orders:{name}", args=args)


def typed(site, **more):
    return {
        "operation_id": uuid.uuid4(),
        "site": site.pk,
        "rhythm": "weekly",
        "weekdays": ["1", "3", "5"],
        "quantity_20": "2",
        "if_closed": "next",
        "starts_on": "115/11/25",
    } | more


# --- list -------------------------------------------------------------------------------------------------------------
def found(response):
    return [each.pk for each, _next in response.context["rows"]]


def test_the_list_says_when_each_comes_next(signed_in, dispatcher, standing):
    response = signed_in(dispatcher).get(address("standing_orders"))

    [(each, coming)] = response.context["rows"]
    assert (each, coming.day) == (standing, WEDNESDAY)
    assert "每週一、三、五" in response.content.decode()


def test_filters_stand_in_the_address(signed_in, dispatcher):
    east = SiteFactory(area=AreaFactory(code="東"), customer=CustomerFactory(name="東海旅店"))
    one = StandingOrderFactory(site=east)
    paused = StandingOrderFactory(paused_at=timezone.now(), paused_until=FRIDAY)
    over = StandingOrderFactory(is_active=False, ended_at=timezone.now())
    template = StandingOrderFactory(rhythm="none", weekdays=[], name="宴席用")
    browser = signed_in(dispatcher)

    def asked(**filters):
        return found(browser.get(address("standing_orders"), filters))

    assert asked() == [one.pk, paused.pk, template.pk]
    assert asked(text="東海") == [one.pk]
    assert asked(text="宴席") == [template.pk]
    assert asked(area="東") == [one.pk]
    assert asked(rhythm="none") == [template.pk]
    assert asked(state="active") == [one.pk, template.pk]
    assert asked(state="paused") == [paused.pk]
    assert asked(state="over") == [over.pk]
    assert asked(customer=one.site.customer.number) == [one.pk]
    assert asked(rhythm="nonsense") == [one.pk, paused.pk, template.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, count, django_assert_max_num_queries
):
    for number in range(count):
        StandingOrderFactory(site=SiteFactory(area=AreaFactory(code=f"區{number}")))
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(10) as queries:
        browser.get(address("standing_orders"))

    assert len(queries) == 10


def test_htmx_gets_the_list_alone(signed_in, dispatcher, standing):
    response = signed_in(dispatcher, **HTMX).get(address("standing_orders"))

    assert response.content.decode().lstrip().startswith('<section class="slip" id="standing-list"')


# --- one --------------------------------------------------------------------------------------------------------------
def test_one_shows_the_next_days_with_the_reason_for_each_that_is_left_out(signed_in, dispatcher):
    standing = StandingOrderFactory(site=SiteFactory(closed_weekdays=[5]), if_closed="skip")

    response = signed_in(dispatcher).get(standing.get_absolute_url())

    coming = response.context["next"]
    assert [(each.on, each.state) for each in coming[:2]] == [(WEDNESDAY, "planned"), (FRIDAY, "skipped")]
    assert str(coming[1].reason) in response.text
    assert len(coming) == 8


def test_one_shows_what_became_of_it_and_counts_it_by_month(signed_in, dispatcher, standing):
    StandingDay.write_due(until=WEDNESDAY)
    standing.days.get().make(decision=decided())
    order = Order.objects.get()

    response = signed_in(dispatcher).get(standing.get_absolute_url())

    assert order.number in response.content.decode()
    assert response.context["months"] == [
        {"month": dt.date(2026, 11, 1), "made": 1, "delivered": 0, "skipped": 0, "failed": 0}
    ]
    assert response.context["standing"].use_count == 1

    order.cancel(by=dispatcher, reason="test")
    months = signed_in(dispatcher).get(standing.get_absolute_url()).context["months"]
    assert (months[0]["made"], months[0]["failed"]) == (1, 1)


def test_the_look_is_written_down(signed_in, dispatcher, standing):
    signed_in(dispatcher).get(standing.get_absolute_url())

    assert RecordRead.objects.get().record_id == standing.site.customer_id


def test_who_changed_what_stands_there(signed_in, dispatcher, standing):
    browser = signed_in(dispatcher)
    browser.post(address("pause_standing", standing.pk), {"until": "115/11/27", "reason": "店休"})

    changes = browser.get(standing.get_absolute_url()).context["changes"]

    assert changes[0].by == str(dispatcher)
    assert "店休" in str(changes[0].fields)


def test_one_takes_few_queries(signed_in, dispatcher, standing, django_assert_max_num_queries):
    browser = signed_in(dispatcher)

    with django_assert_max_num_queries(15):
        browser.get(standing.get_absolute_url())


# --- agreed and changed -----------------------------------------------------------------------------------------------
def test_a_new_one_begins_with_whose_it_is(signed_in, dispatcher, standing):
    browser = signed_in(dispatcher)

    response = browser.get(address("create_standing"), {"q": "阿金"})

    assert f"?customer={standing.site.customer.number}" in response.content.decode()
    assert browser.get(address("create_standing"), {"customer": "999999"}).status_code == 404


def create(browser, home, **more):
    url = f"{address('create_standing')}?customer={home.customer.number}"
    return browser.post(url, typed(home) | more)


def test_it_is_agreed_on(signed_in, dispatcher, twenty):
    site = SiteFactory()

    response = create(signed_in(dispatcher), site, note="先打電話", name="麵店")

    standing = StandingOrder.objects.get()
    assert (response.status_code, response["Location"]) == (303, standing.get_absolute_url())
    assert (standing.weekdays, standing.items, standing.note) == (
        [1, 3, 5],
        [{"product": "20", "quantity": 2}],
        "先打電話",
    )
    assert (standing.starts_on, standing.created_by, standing.site) == (WEDNESDAY, dispatcher, site)


@pytest.mark.parametrize(
    ("more", "facts"),
    [
        ({"rhythm": "every", "every_days": "10"}, {"every_days": 10, "weekdays": []}),
        ({"rhythm": "monthly", "month_day": "31"}, {"month_day": 31, "weekdays": []}),
        (
            {"rhythm": "custom", "dates": "115/12/24、2026-12-31"},
            {"dates": [dt.date(2026, 12, 24), dt.date(2026, 12, 31)]},
        ),
        ({"rhythm": "none"}, {"weekdays": []}),
    ],
)
def test_every_rhythm_can_be_agreed_on(signed_in, dispatcher, twenty, more, facts):
    create(signed_in(dispatcher), SiteFactory(), **more)

    standing = StandingOrder.objects.get()
    assert {name: getattr(standing, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"rhythm": "every"}, "every_days"),
        ({"rhythm": "monthly", "month_day": "32"}, "month_day"),
        ({"rhythm": "custom", "dates": "somewhen"}, "dates"),
        ({"rhythm": ""}, "rhythm"),
        ({"quantity_20": ""}, "items"),
        ({"quantity_20": "100"}, "quantity_20"),
        ({"starts_on": "115/11/24"}, "starts_on"),
        ({"ends_on": "115/11/24"}, "ends_on"),
        ({"note": "有瓦斯味"}, "note"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(signed_in, dispatcher, twenty, wrong, field):
    response = create(signed_in(dispatcher), SiteFactory(), **({"name": "keep me"} | wrong))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert "keep me" in response.content.decode()
    assert not StandingOrder.objects.exists()


def test_somebody_elses_address_is_no_choice(signed_in, dispatcher, twenty):
    response = create(signed_in(dispatcher), SiteFactory(), site=SiteFactory().pk)

    assert list(response.context["form"].errors) == ["site"]


def test_sent_twice_it_is_one(signed_in, dispatcher, twenty):
    site, operation = SiteFactory(), uuid.uuid4()

    for _ in range(2):
        create(signed_in(dispatcher), site, operation_id=operation)

    assert StandingOrder.objects.count() == 1


def test_it_is_changed(signed_in, dispatcher, standing):
    data = typed(standing.site, quantity_20="5", weekdays=["2"], starts_on=standing.starts_on.isoformat())

    response = signed_in(dispatcher).post(address("edit_standing", standing.pk), data)

    standing.refresh_from_db()
    assert response.status_code == 303
    assert (standing.items, standing.weekdays) == ([{"product": "20", "quantity": 5}], [2])


def test_the_form_holds_what_is_agreed(signed_in, dispatcher, standing):
    response = signed_in(dispatcher).get(address("edit_standing", standing.pk))

    form = response.context["form"]
    assert (form["weekdays"].value(), form["quantity_20"].value(), form["rhythm"].value()) == ([1, 3, 5], 2, "weekly")
    assert f'value="{standing.starts_on.isoformat()}"' in response.content.decode()


def test_it_rests_and_goes_on(signed_in, dispatcher, standing):
    browser = signed_in(dispatcher)

    browser.post(address("pause_standing", standing.pk), {"until": "", "reason": ""})
    standing.refresh_from_db()
    assert standing.is_paused

    browser.post(address("resume_standing", standing.pk))
    standing.refresh_from_db()
    assert not standing.is_paused


def test_it_is_stopped_with_a_reason(signed_in, dispatcher, standing):
    browser, url = signed_in(dispatcher), address("end_standing", standing.pk)
    assert browser.post(url, {"reason": ""}).status_code == 422

    browser.post(url, {"reason": "店收了"})

    standing.refresh_from_db()
    assert (standing.is_active, standing.ended_reason) == (False, "店收了")
    assert browser.post(url, {"reason": "again"}).status_code == 422
    assert browser.post(address("resume_standing", standing.pk)).status_code == 303
    assert "店收了" in browser.get(standing.get_absolute_url()).content.decode()


# --- made by hand -----------------------------------------------------------------------------------------------------
def test_an_order_is_made_now(signed_in, dispatcher, template):
    data = {"operation_id": uuid.uuid4(), "is_gas_out": "no", "day": "115/11/26", "note": "多帶一支"}
    browser = signed_in(dispatcher)

    answers = [browser.post(address("make_standing", template.pk), data).status_code for _ in range(2)]

    order = Order.objects.get()
    assert answers == [303, 303]
    assert (order.promised_on, order.note, order.placed_by) == (THURSDAY, "鑰匙在櫃台；多帶一支", dispatcher)
    assert template.days.get().order == order


def test_whether_gas_is_out_is_asked(signed_in, dispatcher, template):
    response = signed_in(dispatcher).post(address("make_standing", template.pk), {"operation_id": uuid.uuid4()})

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["is_gas_out"])
    assert not Order.objects.exists()


def test_while_orders_are_paused_the_office_goes_on(signed_in, dispatcher, template, ops):
    Flag.pause(by=ops, reason="test")

    data = {"operation_id": uuid.uuid4(), "is_gas_out": "no"}
    assert signed_in(dispatcher).post(address("make_standing", template.pk), data).status_code == 303


# --- tomorrow ---------------------------------------------------------------------------------------------------------
def test_tomorrow_says_what_comes_and_what_does_not_and_why(signed_in, dispatcher):
    comes = StandingOrderFactory()
    closed = StandingOrderFactory(site=SiteFactory(closed_weekdays=[3]))
    moved_here = StandingOrderFactory(site=SiteFactory(closed_weekdays=[2]), weekdays=[2])
    StandingOrderFactory(weekdays=[6])

    ahead = signed_in(dispatcher).get(address("standing_days")).context["ahead"]

    assert ahead.day == WEDNESDAY
    assert {(each.standing, each.on) for each in ahead.coming} == {(comes, WEDNESDAY), (moved_here, TUESDAY)}
    assert [(each.standing, each.day) for each in ahead.left_out] == [(closed, THURSDAY)]
    assert ahead.cylinders == [(priced(), 4)]


def test_tomorrow_says_the_same_as_the_generator_then_does(signed_in, dispatcher):
    """What the preview promised in the morning is what stands there after the evening's run."""
    from orders.standing.generator import run

    for site in ({}, {"closed_weekdays": [3]}, {"closed_weekdays": [2, 3]}):
        for if_closed in ("next", "skip"):
            StandingOrderFactory(site=SiteFactory(**site), weekdays=[2, 3, 4], if_closed=if_closed)
    browser = signed_in(dispatcher)

    def told():
        ahead = browser.get(address("standing_days")).context["ahead"]
        return (
            {(each.standing.pk, each.on, each.day) for each in ahead.coming},
            {(each.standing.pk, each.on, each.reason) for each in ahead.left_out},
        )

    before = told()
    run(dt.datetime.fromisoformat("2026-11-24T18:00:00+08:00"))

    assert told() == before


@pytest.mark.parametrize("count", [1, 3])
def test_tomorrow_takes_as_many_queries_for_three_as_for_one(signed_in, dispatcher, count, django_assert_num_queries):
    for _ in range(count):
        StandingOrderFactory()
    browser = signed_in(dispatcher)

    with django_assert_num_queries(9):
        browser.get(address("standing_days"))


def test_what_was_refused_is_put_aside_or_made(signed_in, dispatcher):
    standing = StandingOrderFactory(
        site=SiteFactory(customer__stage="rolled_back", customer__system_of_record="legacy")
    )
    StandingDay.write_due(until=WEDNESDAY)
    day = standing.days.get()
    day.make(decision=decided())
    browser = signed_in(dispatcher)
    assert list(browser.get(address("standing_days")).context["refused"]) == [day]
    assert "1 張做不了" in browser.get(address("standing_orders")).content.decode()

    assert browser.post(address("put_aside", day.pk), {"reason": ""}).status_code == 422
    browser.post(address("put_aside", day.pk), {"reason": "舊系統打好了"})

    assert list(browser.get(address("standing_days")).context["refused"]) == []


def test_a_pause_of_all_orders_is_said(signed_in, dispatcher, ops):
    Flag.pause(by=ops, reason="test")

    assert signed_in(dispatcher).get(address("standing_days")).context["is_paused"]


# --- on other pages ---------------------------------------------------------------------------------------------------
def test_the_record_tells_what_comes_again(signed_in, dispatcher, standing):
    response = signed_in(dispatcher, **HTMX).get(address("standing_of", standing.site.customer.number))

    assert standing.get_absolute_url() in response.content.decode()
    assert address("standing_of", standing.site.customer.number) in (
        signed_in(dispatcher).get(reverse("customers:detail", args=[standing.site.customer.number])).content.decode()
    )


def test_customers_see_theirs_and_nobody_elses(signed_in, customer_person, standing):
    site = customer_person.memberships.get().customer.sites.get()
    mine = StandingOrderFactory(site=site, name="家裡每週")
    StandingOrderFactory(site=site, is_active=False, ended_at=timezone.now())

    response = signed_in(customer_person).get(address("my_standing"))

    assert [each for each, _next in response.context["rows"]] == [mine]
    assert address("my_standing") in signed_in(customer_person).get(reverse("customers:account")).content.decode()


def test_who_was_given_one_address_sees_that_one(signed_in):
    cook, here, there = UserFactory(roles=[CUSTOMER]), SiteFactory(), SiteFactory()
    there.customer = here.customer
    there.save()
    MembershipFactory(user=cook, customer=here.customer, site=here)
    mine, _other = StandingOrderFactory(site=here), StandingOrderFactory(site=there)

    assert [each for each, _next in signed_in(cook).get(address("my_standing")).context["rows"]] == [mine]


# --- picked ----------------------------------------------------------------------------------------------------------
def test_the_desk_picks_a_template(signed_in, dispatcher, template):
    browser, number = signed_in(dispatcher, **HTMX), template.site.customer.number

    part = browser.get(address("call", number), {"template": template.pk, "site": template.site_id})
    assert part.context["form"]["quantity_20"].value() == 2
    assert f'name="template" value="{template.pk}"' in part.content.decode()

    data = {
        "operation_id": uuid.uuid4(), "site": template.site_id, "template": template.pk, "is_gas_out": "no",
        "when": "now", "quantity_20": "2", "empties_20": "2", "note": "快一點",
    }  # fmt: skip
    browser.post(address("take", number), data)

    order = Order.objects.get()
    assert (order.channel, order.note) == ("phone", "鑰匙在櫃台；快一點")
    assert template.days.get().order == order


def test_the_desk_does_not_pick_somebody_elses(signed_in, dispatcher, template, standing):
    response = signed_in(dispatcher, **HTMX).get(
        address("call", standing.site.customer.number), {"template": template.pk}
    )

    assert response.context["form"].template is None


@pytest.mark.usefixtures("web_ordering")
def test_a_customer_picks_a_template(signed_in, customer_person, twenty):
    site = customer_person.memberships.get().customer.sites.get()
    template = StandingOrderFactory(site=site, rhythm="none", weekdays=[], name="宴席用", note="鑰匙在櫃台")
    browser = signed_in(customer_person)

    form = browser.get(address("create"), {"template": template.pk}).context["form"]
    assert (form["quantity_20"].value(), form["note"].value()) == (2, "鑰匙在櫃台")

    data = {"site": site.pk, "template": template.pk, "is_gas_out": "no", "quantity_20": "2", "empties_20": "2"}
    assert browser.post(address("create"), data | {"operation_id": uuid.uuid4(), "quantity_20": "x"}).status_code == 422
    response = browser.post(address("create"), data | {"operation_id": uuid.uuid4(), "when": "now"})

    assert response.status_code == 303
    assert template.days.get().order == Order.objects.get()
