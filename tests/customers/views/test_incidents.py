"""Leaks and complaints, the alarm in the bar, and the call list."""

import uuid

import pytest
from django.urls import reverse

from customers.models import Incident, LeakCheck, Message, OnCall
from luckygas.models import CUSTOMER, MANAGER
from tests.factories import CustomerFactory, SiteFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def leak(dispatcher):
    return Incident.open(kind="leak", text="廚房有味道", by=dispatcher, customer=SiteFactory().customer)


def said(**more):
    return {"operation_id": uuid.uuid4(), "kind": "leak", "text": "廚房有味道"} | more


def test_f8_shows_the_five_steps_and_writes_the_leak_down_once(signed_in, dispatcher):
    site = SiteFactory()
    url = reverse("customers:open_incident") + f"?customer={site.customer.number}&site={site.pk}"
    browser, data = signed_in(dispatcher), said()

    assert browser.get(url).content.decode().count('name="step"') == 5
    for _ in range(2):
        assert browser.post(url, data).status_code == 303

    incident = Incident.objects.get()
    assert (incident.customer, incident.site, incident.opened_by) == (site.customer, site, dispatcher)


def test_the_first_step_that_is_pressed_opens_the_leak_and_the_next_are_stamped_on_its_page(signed_in, dispatcher):
    browser = signed_in(dispatcher)
    response = browser.post(reverse("customers:open_incident"), said(text="", kind="", step="valve"))

    incident = Incident.objects.get()
    page = reverse("customers:incident", args=[incident.pk])
    assert (response.status_code, response.headers["Location"], incident.kind) == (303, page, "leak")
    for _ in range(2):
        browser.post(reverse("customers:step_incident", args=[incident.pk]), {"step": "119"})
    assert [(event.step, event.by) for event in incident.events.all()] == [("valve", dispatcher), ("119", dispatcher)]
    assert browser.get(page).content.decode().count('name="step"') == 3


def test_a_note_and_who_answered_are_written_down(signed_in, dispatcher, driver, leak):
    manager = UserFactory(roles=[MANAGER])
    row = OnCall.add(driver.user, phone="0900-000-901", by=manager)
    browser = signed_in(dispatcher, **HTMX)

    assert browser.post(reverse("customers:note_incident", args=[leak.pk]), {"text": " "}).status_code == 422
    browser.post(reverse("customers:note_incident", args=[leak.pk]), {"text": "人都出來了"})
    html = browser.post(reverse("customers:acknowledge_incident", args=[leak.pk]), {"person": row.pk}).content.decode()

    leak.refresh_from_db()
    assert (leak.owner, leak.next_page_at) == (driver.user, None)
    assert "人都出來了" in html


def test_a_leak_check_is_recorded_at_the_address(signed_in, dispatcher):
    site = SiteFactory()
    Incident.open(kind="leak", text="味道", by=dispatcher, customer=site.customer, site=site)
    browser, url = signed_in(dispatcher), reverse("customers:check_leak", args=[site.customer.number, site.pk])
    typed = {"operation_id": uuid.uuid4(), "outcome": "passed", "who": "王師傅"}

    assert browser.post(url, typed | {"who": ""}).status_code == 422
    assert browser.post(url, typed).status_code == 303

    assert not LeakCheck.is_awaited_at(site)


def test_a_manager_keeps_who_is_on_call(signed_in, driver):
    manager = UserFactory(roles=[MANAGER])
    browser, url = signed_in(manager), reverse("customers:on_call")
    for person, phone in ((driver.user, "0900-000-901"), (manager, "0900-000-902")):
        assert browser.post(url, {"person": person.pk, "phone": phone}).status_code == 303
    last = OnCall.objects.last()
    browser.post(reverse("customers:move_up", args=[last.pk]))
    assert OnCall.objects.first() == last

    browser.post(reverse("customers:take_off", args=[last.pk]))

    assert OnCall.objects.get().person == driver.user
    assert browser.post(url, {"person": manager.pk, "phone": "12"}).status_code == 422


def test_somebody_unknown_smells_gas(signed_in, dispatcher):
    signed_in(dispatcher).post(reverse("customers:open_incident"), said())

    assert Incident.objects.get().customer is None


def test_a_leak_without_words_is_not_written_down(signed_in, dispatcher):
    response = signed_in(dispatcher, **HTMX).post(reverse("customers:open_incident"), said(text=" "))

    assert response.status_code == 422
    assert 'id="id_text_error"' in response.content.decode()
    assert Incident.objects.count() == 0


def test_an_open_leak_is_red_on_every_office_page_in_one_query(signed_in, dispatcher, leak, django_assert_num_queries):
    browser = signed_in(dispatcher)
    with django_assert_num_queries(6):  # session, person, the list, who calls, the switches, the alarm
        html = browser.get(reverse("orders:desk")).content.decode()

    assert html.count('data-state="failed"') == 1


def test_the_alarm_can_be_fetched_alone(signed_in, dispatcher, leak):
    html = signed_in(dispatcher, **HTMX).get(reverse("customers:alarm")).content.decode()

    assert html.lstrip().startswith('<span id="alarm"')


def test_a_leak_is_taken_and_closed_with_how_it_ended(signed_in, dispatcher, leak):
    browser = signed_in(dispatcher)
    browser.post(reverse("customers:take_incident", args=[leak.pk]))
    leak.refresh_from_db()
    assert (leak.owner, leak.closed_at) == (dispatcher, None)

    browser.post(reverse("customers:close_incident", args=[leak.pk]), {"outcome": "換了皮管，驗過沒漏"})

    leak.refresh_from_db()
    assert leak.outcome == "換了皮管，驗過沒漏"
    assert leak.closed_at is not None


def test_closing_needs_how_it_ended_and_happens_once(signed_in, dispatcher, leak):
    browser, url = signed_in(dispatcher, **HTMX), reverse("customers:close_incident", args=[leak.pk])

    assert browser.post(url, {"outcome": " "}).status_code == 422
    assert browser.post(url, {"outcome": "ok"}).status_code == 200
    assert browser.post(url, {"outcome": "other"}).status_code == 422
    assert browser.post(reverse("customers:take_incident", args=[leak.pk])).status_code == 422
    leak.refresh_from_db()
    assert leak.outcome == "ok"


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_incidents_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, count, django_assert_num_queries
):
    for _ in range(count):
        Incident.open(kind="leak", text="味道", by=dispatcher, customer=CustomerFactory())
    browser = signed_in(dispatcher)

    with django_assert_num_queries(5):
        browser.get(reverse("customers:incidents"))


# --- call list -------------------------------------------------------------------------------------------------------
@pytest.fixture
def call(db):
    return Message.write(kind="confirmed", recipient="+88689000210", body="打給他", cause=("test", 1), state="call",
                         customer=CustomerFactory())  # fmt: skip


@pytest.fixture
def parked(db):
    message = Message.write(kind="out", recipient="+886900000123", body="在車上了", cause=("test", 2))
    Message.objects.filter(pk=message.pk).update(state="parked", tries=5, failure="gateway")
    return message


def test_somebody_told_them(signed_in, dispatcher, call):
    browser = signed_in(dispatcher, **HTMX)
    assert "089-000-210" in browser.get(reverse("customers:calls")).content.decode()

    response = browser.post(reverse("customers:mark_called", args=[call.pk]))

    call.refresh_from_db()
    assert (response.status_code, call.state, call.done_by) == (200, "called", dispatcher)
    assert 'id="call-list"' in response.content.decode()


def test_a_parked_message_is_sent_again(signed_in, dispatcher, parked):
    signed_in(dispatcher).post(reverse("customers:retry_message", args=[parked.pk]))

    parked.refresh_from_db()
    assert (parked.state, parked.tries) == ("waiting", 0)


def test_what_was_told_is_not_told_again(signed_in, dispatcher, call):
    browser = signed_in(dispatcher, **HTMX)
    browser.post(reverse("customers:mark_called", args=[call.pk]))

    answers = [browser.post(reverse(f"customers:{name}", args=[call.pk])) for name in ("mark_called", "retry_message")]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all('role="alert"' in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("count", [1, 3])
def test_the_call_list_takes_as_many_queries_for_three_as_for_one(
    signed_in, dispatcher, count, django_assert_num_queries
):
    for number in range(count):
        Message.write(
            kind="out", recipient="", body="打", cause=("test", number), state="call", customer=CustomerFactory()
        )
    browser = signed_in(dispatcher)

    with django_assert_num_queries(5):
        browser.get(reverse("customers:calls"))


# --- who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["calls", "incidents", "open_incident", "alarm"])
def test_only_the_office_may_look(signed_in, driver, ops, name):
    people = [driver.user, ops, UserFactory(roles=[CUSTOMER])]

    assert [signed_in(person).get(reverse(f"customers:{name}")).status_code for person in people] == [403, 403, 403]


@pytest.mark.parametrize("name", ["mark_called", "retry_message", "take_incident", "close_incident", "step_incident"])
def test_only_the_office_may_act_and_unknown_rows_are_404(signed_in, dispatcher, driver, name):
    url = reverse(f"customers:{name}", args=[999_999])

    assert signed_in(driver.user).post(url).status_code == 403
    assert signed_in(dispatcher).post(url, {"outcome": "x"}).status_code == 404
