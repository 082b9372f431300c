"""The demo's telephone screen."""

import pytest

from customers.messages import sending as services
from customers.models import Message, PhoneCode

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def demo(settings):
    settings.SMS_URL, settings.DEMO = "", True


def write(phone="+886900000123", body="幸福氣：訂單確認"):
    return Message.write(kind="confirmed", recipient=phone, body=body, cause=("test", Message.objects.count()))


def test_a_code_is_read_by_who_asked_for_it(client):
    PhoneCode.send(phone="+886900000123", purpose="signup")
    message = Message.objects.get()
    services.send(message.pk)

    page = client.get("/outbox/").content.decode()

    assert message.body in page
    assert "0900-000-123" in page


def test_it_is_labelled_as_a_demo(client):
    assert "這是示範" in client.get("/outbox/").content.decode()


@pytest.mark.parametrize("typed", ["0900-000-124", "０９００000124", "124"])
def test_one_phone_is_found(client, typed):
    write()
    write("+886900000124", "另一支")

    page = client.get("/outbox/", {"phone": typed}, headers=HTMX).content.decode()

    assert ("另一支" in page, "訂單確認" in page) == (True, False)
    assert "<html" not in page


@pytest.mark.parametrize("url, is_demo", [("http://127.0.0.1:1/", True), ("", False)])
def test_it_does_not_exist_where_messages_leave(client, settings, url, is_demo):
    settings.SMS_URL, settings.DEMO = url, is_demo

    assert client.get("/outbox/").status_code == 404


def test_the_same_queries_for_one_message_and_three(client, django_assert_num_queries):
    write()
    with django_assert_num_queries(1):
        client.get("/outbox/")
    write(), write()

    with django_assert_num_queries(1):
        client.get("/outbox/")


def test_without_messages_it_says_how_they_come(client):
    assert "還沒有簡訊" in client.get("/outbox/").content.decode()
