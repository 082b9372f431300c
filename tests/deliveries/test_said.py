"""What the office must look at is read in the reader's language, wherever the driver's phone was in."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from deliveries.models import Review
from luckygas.said import Said
from orders.models import BulkMove
from orders.models.bulk_move import BulkRow
from tests.deliveries.reporting import again, departed, handed, published, raw, send, stop_of
from tests.factories import UserFactory, placed

pytestmark = [pytest.mark.usefixtures("morning")]

WAS = "Order %(number)s was %(state)s when it was delivered."


def read(client, url):
    """The page in Chinese and in English."""
    return [client.get(url, headers={"accept-language": language}).text for language in ("zh-TW", "en")]


@pytest.mark.django_db
def test_a_review_speaks_the_language_of_who_reads_it(driver, signed_in, dispatcher):
    order = placed()
    departed(driver, order)
    again(order)._move("cancelled", by=driver.user)
    send(driver, handed(stop_of(order)))

    for url in ("/dispatch/reviews/", "/monitor/", order.get_absolute_url()):
        chinese, english = read(signed_in(dispatcher), url)
        assert f"訂單 {order.number} 送到時是「已取消」。" in chinese, url
        assert f"Order {order.number} was cancelled when it was delivered." in english, url
        assert "was cancelled when" not in chinese, url


@pytest.mark.django_db
def test_a_gate_that_refused_a_handover_is_named_in_both(driver, signed_in, dispatcher):
    order = placed(is_gas_out=True)
    departed(driver, order)
    send(driver, handed(stop_of(order), leak_check=""))

    chinese, english = read(signed_in(dispatcher), "/dispatch/reviews/")

    assert "check for leaks before you leave" in english
    assert "check for leaks before you leave" not in chinese


@pytest.mark.django_db
def test_the_phone_hears_it_in_its_own_language_each_time_it_asks(driver, order):
    departed(driver, order)
    again(order)._move("cancelled", by=driver.user)
    report = handed(stop_of(order))

    with translation.override("en"):
        first = send(driver, report)
    with translation.override("zh-hant"):
        second = send(driver, report)

    assert "was cancelled when" in first["sentence"]
    assert order.number in second["sentence"]
    assert second["sentence"] != first["sentence"]
    assert (first["id"], first["code"]) == (second["id"], second["code"])


@pytest.mark.django_db
def test_faults_of_a_vehicle_are_named_in_both(driver, order, signed_in, dispatcher):
    route = published(driver, order)
    send(driver, raw("check", route=route.pk, when="start", odometer_km=5, faults=["tyres", "lights"], note="磨平"))

    chinese, english = read(signed_in(dispatcher), "/dispatch/reviews/")

    assert "輪胎、車燈、磨平" in chinese
    assert "tyres, lights, 磨平" in english


@pytest.mark.django_db
def test_a_call_for_help_is_read_in_both(driver, order, signed_in, dispatcher):
    route = published(driver, order)
    send(driver, raw("sos", route=route.pk, latitude=22.75, longitude=121.15))

    chinese, english = read(signed_in(dispatcher), "/monitor/")

    assert f"{driver.user} 求救。" in chinese
    assert f"{driver.user} needs help." in english
    assert "22.75000,121.15000" in chinese
    assert "22.75000,121.15000" in english


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_was_kept_as_text_stays_readable_and_goes_back():
    try:
        call_command("migrate", "deliveries", "0002", verbosity=0)
        call_command("migrate", "orders", "0002", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO deliveries_review (kind, reason, opened_at, resolution)
                   VALUES ('cash', '少 100%', now(), '')"""
            )
        call_command("migrate", verbosity=0)
        assert Review.objects.get().reason == "少 100%"

        Review.open(Review.Kind.STOCK, reason=Said(WAS, {"number": "7", "state": Said("cancelled")}))
        Review.open(Review.Kind.STOCK, reason=Said("Stop %(number)s: 100%%", {"number": [1, "2"]}))
        move = BulkMove.objects.create(
            operation_id="0" * 32, body_digest="x", verb="cancel", reason="x", by=UserFactory()
        )
        BulkRow.objects.create(move=move, order=placed(), outcome="refused", sentence=Said("Full."))
        call_command("migrate", "deliveries", "0002", verbosity=0)
        call_command("migrate", "orders", "0002", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT reason FROM deliveries_review UNION SELECT sentence FROM orders_bulkrow")
            assert {reason for (reason,) in cursor.fetchall()} == {
                "少 100%", "Order 7 was cancelled when it was delivered.", "Stop 1, 2: 100%", "Full."
            }  # fmt: skip
    finally:
        call_command("migrate", verbosity=0)
