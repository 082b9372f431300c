"""The front door for strangers."""

import pytest

from orders.models import Price
from tests.factories import AreaFactory, priced

pytestmark = pytest.mark.django_db


def test_a_stranger_sees_todays_prices_marked_as_samples_and_the_number_to_call(client):
    priced("20")
    priced("50", gas=1980)
    Price.objects.update(is_sample=True)

    page = client.get("/").content.decode()

    assert "820" in page
    assert "1,980" in page
    assert "樣本價" in page
    assert "089-000-210" in page
    assert 'id="leak"' in page


def test_lines_are_shown_with_their_days(client):
    AreaFactory(code="成", name="成功線", kind="line", weekdays=[1, 3, 5])

    page = client.get("/").content.decode()

    assert "成功線" in page
    assert "一、三、五" in page or "一, 三, 五" in page


def test_without_prices_one_is_asked_to_call(client):
    page = client.get("/").content.decode()

    assert "089-000-210" in page
    assert "送到哪裡" not in page


def test_who_is_signed_in_goes_home(customer_person, signed_in):
    assert signed_in(customer_person).get("/")["Location"] == "/orders/"


def test_english_is_spoken_to_english_browsers(client):
    page = client.get("/", headers={"accept-language": "en"}).content.decode()

    assert "Gas in Taitung" in page
    assert 'lang="en"' in page
