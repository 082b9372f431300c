"""Orders looked for: every filter, alone and together, through an index; kept searches; statistics."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from orders.forms.filter import OrderFilterForm
from orders.models import BulkMove, Order, SavedSearch
from orders.wishes import Item
from tests.factories import (
    AreaFactory,
    CustomerFactory,
    DriverFactory,
    RouteFactory,
    SiteFactory,
    placed,
    priced,
    wish,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
MANY, DAYS = 12_000, 1_200
HTMX = {"HX-Request": "true"}


def found(browser, **asked):
    return [order.number for order in browser.get(reverse("orders:index"), asked).context["orders"]]


@pytest.fixture
def browser(signed_in, dispatcher):
    return signed_in(dispatcher)


# --- each filter ----------------------------------------------------------------------------------------------------
def test_the_usual_list_is_of_the_last_ninety_days(browser):
    new, old = placed(), placed()
    Order.objects.filter(pk=old.pk).update(placed_at=timezone.now() - dt.timedelta(days=100))

    assert found(browser) == [new.number]
    assert found(browser, since="2026-01-01") == [new.number, old.number]
    assert found(browser, until="2026-09-30") == [old.number]
    assert found(browser, text=old.number) == [old.number]
    assert found(browser, state="open") == [new.number, old.number]


def test_every_filter_narrows_and_all_of_them_together(browser, dispatcher):
    small, shop = (
        placed(),
        SiteFactory(customer=CustomerFactory(name="阿金", kind="commercial"), area=AreaFactory(code="成")),
    )
    large = placed(wish(shop, items=(Item(priced("16", gas=690, gas_kg=16), 3, 3),)), channel="web")
    route = RouteFactory()
    route.add(large, by=dispatcher)
    other_driver = DriverFactory()
    today = timezone.localdate().isoformat()
    asked = {
        "text": "阿金", "since": today, "until": today, "day": today, "state": large.state, "channel": "web",
        "product": "16", "at_least": 2070, "at_most": 2070, "area": "成", "driver": route.driver.pk,
        "kind": "commercial",
    }  # fmt: skip

    for name in set(asked) - {"since", "until", "day", "state", "at_most"}:
        assert found(browser, **{name: asked[name]}) == [large.number], name
    assert found(browser, at_most=2069) == [small.number]
    assert found(browser, driver=other_driver.pk) == []
    assert found(browser, **asked) == [large.number]
    assert found(browser, **asked | {"product": "20"}) == []


# --- totals and paging ----------------------------------------------------------------------------------------------
def test_the_count_stops_at_a_thousand_and_then_says_no_amount(browser, monkeypatch):
    monkeypatch.setattr("orders.querysets.MOST_COUNTED", 2)
    monkeypatch.setattr("orders.views.search.PAGE", 1)
    orders = [placed(), placed()]

    totals = browser.get(reverse("orders:index")).context["totals"]
    assert (totals.count, totals.twd) == (2, sum(order.due_twd for order in orders))

    placed()
    totals = browser.get(reverse("orders:index")).context["totals"]
    assert (totals.count, totals.twd) == (2, None)


def test_an_order_that_comes_in_meanwhile_moves_no_page(browser, monkeypatch):
    monkeypatch.setattr("orders.views.search.PAGE", 2)
    orders = [placed() for _ in range(4)]
    after = browser.get(reverse("orders:index")).context["more"]
    placed()

    assert found(browser, after=after) == [orders[1].number, orders[0].number]


def test_a_long_list_takes_eight_queries_at_most(browser, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr("orders.views.search.PAGE", 2)
    for _ in range(3):
        placed()

    with django_assert_max_num_queries(8):
        browser.get(reverse("orders:index"), {"product": "20", "state": "open", "at_least": 1})


# --- plans ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def many(dispatcher):
    """Twelve thousand orders of three years and some of them on routes, as the planner sees them."""
    first = placed(wish(SiteFactory(area=AreaFactory(code="成"))))
    route = RouteFactory()
    columns = [field.column for field in Order._meta.concrete_fields if field.column != "id"]
    own = {
        "number": "'1100101-' || n", "operation_id": "gen_random_uuid()", "track_token": "'t' || n",
        "placed_at": f"placed_at - make_interval(mins => n * {DAYS * 1440 // MANY})",
        "promised_on": f"promised_on - n * {DAYS} / {MANY}", "delivered_at": "now()", "state": "'delivered'",
        "needs_leak_check": "false",
    }  # fmt: skip
    values = ", ".join(own.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orders_order ({', '.join(columns)}) "
            f"SELECT {values} FROM orders_order, generate_series(1, %s) n",
            [MANY],
        )
        cursor.execute(
            """INSERT INTO orders_orderline (order_id, product_id, ordered, empties_expected, unit_price_twd,
                                             deposit_twd, delivered, empties_taken, rest)
               SELECT o.id, product_id, ordered, empties_expected, unit_price_twd, deposit_twd, ordered, 0, rest
                 FROM orders_orderline, orders_order o WHERE order_id = %s AND o.id <> %s""",
            [first.pk, first.pk],
        )
        cursor.execute("ANALYZE orders_order, orders_orderline, deliveries_route, deliveries_stop, customers_site")
    return {"driver": route.driver.pk, "text": first.customer.name, "number": first.number}


def scans(node):
    """Every node of a plan that reads a table."""
    yield node["Node Type"], node.get("Relation Name", "")
    for below in node.get("Plans", []):
        yield from scans(below)


def test_no_filter_reads_the_whole_table(many):
    day = (timezone.localdate() - dt.timedelta(days=10)).isoformat()
    month = {"since": (timezone.localdate() - dt.timedelta(days=30)).isoformat(), "until": day}
    filters = [
        {}, {"text": many["number"]}, {"text": many["text"]}, month, {"day": day}, {"channel": "web"}, {"area": "成"},
        {"product": "20"}, {"at_least": 5_000}, {"at_most": 10}, {"kind": "commercial"}, {"driver": many["driver"]},
        *({"state": state} for state in ("open", *Order.State.values)),
        {"channel": "phone", "area": "成", "product": "20", "at_least": 100, "driver": many["driver"], **month},
    ]  # fmt: skip
    wrong = []

    for asked in filters:
        orders = OrderFilterForm(asked).chosen(Order.objects.all())
        counted = orders.order_by("-placed_at", "-pk").with_due()[:1001]
        for what, found in (("page", orders.page_after("")[:51]), ("count", counted)):
            if ("Seq Scan", "orders_order") in plan_of(found):
                wrong.append(f"{asked} {what}")

    assert wrong == []


def plan_of(found):
    """How each table is read, with the planner as it is in service."""
    sql, values = found.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone()[0]
    return set(scans(plan["Plan"]))


def test_without_its_indexes_the_list_would_read_the_whole_table(many):
    """The control: the test above can fail."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX orders_by_age, orders_of_a_customer, orders_of_a_site")

    plan = plan_of(OrderFilterForm({"channel": "web"}).chosen(Order.objects.all()).page_after("")[:51])

    assert ("Seq Scan", "orders_order") in plan


# --- kept searches --------------------------------------------------------------------------------------------------
def keep(browser, name, query="state=held&area=", **more):
    return browser.post(f"{reverse('orders:keep_search')}?{query}", {"name": name, "operation_id": uuid.uuid4()} | more)


def test_a_search_is_kept_listed_and_removed(browser, dispatcher):
    response = keep(browser, "擱著的")

    kept = SavedSearch.objects.get()
    assert (kept.person, kept.query) == (dispatcher, "state=held")
    assert response["Location"] == reverse("orders:index") + "?state=held"
    assert "擱著的" in browser.get(reverse("orders:index")).content.decode()

    browser.post(reverse("orders:remove_search", args=[kept.pk]))
    assert not SavedSearch.objects.exists()


def test_sent_twice_it_is_kept_once_and_a_name_means_one_search(browser):
    operation = uuid.uuid4()
    for _ in range(2):
        assert keep(browser, "擱著的", operation_id=operation).status_code == 303

    assert keep(browser, "擱著的", query="state=open").status_code == 422
    assert keep(browser, "什麼都沒選", query="").status_code == 422
    assert SavedSearch.objects.count() == 1


def test_somebody_elses_search_is_not_found(browser, manager):
    other = SavedSearch.keep(by=manager, name="x", query="state=held", operation_id=uuid.uuid4())

    assert browser.post(reverse("orders:remove_search", args=[other.pk])).status_code == 404
    assert "state=held" not in browser.get(reverse("orders:searches")).content.decode()


# --- bulk -----------------------------------------------------------------------------------------------------------
def test_the_form_shows_the_marked_orders_and_moves_them(browser):
    orders = [placed(), placed()]
    marked = [order.number for order in orders]
    page = browser.get(reverse("orders:bulk"), {"verb": "cancel", "order": marked})
    assert [order.number for order in page.context["orders"]] == marked[::-1]

    typed = {"verb": "cancel", "order": marked, "operation_id": uuid.uuid4()}
    assert browser.post(reverse("orders:bulk"), typed).status_code == 422
    response = browser.post(reverse("orders:bulk"), typed | {"reason": "颱風"})

    move = BulkMove.objects.get()
    assert response["Location"] == move.get_absolute_url()
    assert browser.get(response["Location"]).context["counts"] == {"done": 2, "refused": 0, "waiting": 0}


# --- statistics -----------------------------------------------------------------------------------------------------
def test_statistics_add_up_what_was_found(browser):
    one, two = placed(), placed(channel="web")

    statistics = browser.get(reverse("orders:statistics")).context["statistics"]

    assert (statistics.count, statistics.twd) == (2, one.due_twd + two.due_twd)
    tables = {table.name: table.rows for table in statistics.tables}
    assert sum(count for _what, count, _twd in tables["channel"]) == 2
    assert [row[1:] for row in tables["product"]] == [(2, 1640)]
    assert browser.get(reverse("orders:statistics"), {"channel": "web"}).context["statistics"].count == 1


def test_the_file_has_the_same_rows_and_nothing_a_spreadsheet_runs(browser):
    placed(wish(SiteFactory(area=AreaFactory(code="壞", name="=1+1"))))

    response = browser.get(reverse("orders:export_statistics"))

    text = response.content.decode("utf-8-sig")
    assert "'=1+1,1," in text
    assert response["Content-Disposition"].startswith("attachment")
