"""Prometheus' page: right with several processes, and about nobody."""

import os
import re
import subprocess
import sys
import urllib.request

import pytest
from django.db import connection, transaction
from django.utils import timezone

from customers.messages import sending as services
from customers.models import Message
from luckygas import metrics
from luckygas.schedule import SCHEDULE
from orders.metrics import ORDERS_MOVED, ORDERS_PLACED
from tests.factories import placed
from tests.processes import ROOT, Granian, Valkey, database_url

pytestmark = pytest.mark.django_db


def value(page, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else None


def scrape(client, **headers):
    return client.get("/metrics", headers=headers).content.decode()


def test_messages_and_orders_that_wait_are_read_at_scrape(client):
    placed()
    Message.objects.update(due_at=timezone.now() - timezone.timedelta(seconds=90))

    page = scrape(client)

    assert value(page, 'luckygas_orders_open{state="confirmed"}') == 1
    assert value(page, 'luckygas_messages{state="call"}') == 1
    assert value(page, 'luckygas_messages{state="waiting"}') == 0
    assert value(page, "luckygas_reviews_open") == 0
    assert value(page, "luckygas_gauges_unanswered") == 0


def test_alerts_and_charts_ask_for_what_is_told(client):
    files = [ROOT / "ops/prometheus/alerts.yml", ROOT / "ops/grafana/dashboards/luckygas.json"]
    asked = {name for file in files for name in re.findall(r"\bluckygas_\w+", file.read_text())}

    told = set(re.findall(r"^# TYPE (luckygas_\w+)", scrape(client), re.MULTILINE))

    assert asked
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked} - told == set()


def test_each_gauge_is_one_query(client, django_assert_num_queries):
    with django_assert_num_queries(len(metrics._gauges)):
        scrape(client)


def test_orders_are_counted_by_channel_when_they_are_committed(django_capture_on_commit_callbacks):
    before = ORDERS_PLACED.labels(channel="phone")._value.get()
    confirmed = ORDERS_MOVED.labels(to_state="confirmed")._value.get()

    with django_capture_on_commit_callbacks(execute=True):
        placed()

    assert ORDERS_PLACED.labels(channel="phone")._value.get() == before + 1
    assert ORDERS_MOVED.labels(to_state="confirmed")._value.get() == confirmed + 1


def test_what_was_rolled_back_is_not_counted():
    before = ORDERS_PLACED.labels(channel="phone")._value.get()

    with transaction.atomic():
        placed()
        transaction.set_rollback(True)

    assert ORDERS_PLACED.labels(channel="phone")._value.get() == before


def test_a_gauge_the_database_cannot_answer_is_left_out(client, monkeypatch):
    def broken():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM nowhere")

    monkeypatch.setattr(metrics, "_gauges", [*metrics._gauges, ("luckygas_broken", "Broken.", "", broken)])

    page = scrape(client)

    assert value(page, "luckygas_gauges_unanswered") == 1
    assert "luckygas_broken" not in page
    assert "luckygas_messages{" in page


def test_strangers_do_not_see_that_it_exists(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404

    settings.METRICS_TOKEN = "a-long-secret"

    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-long-secret"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_counters_of_every_process_add_up(tmp_path):
    with (
        Valkey() as valkey,
        Granian(
            "wsgi",
            "luckygas.wsgi:application",
            workers=2,
            DATABASE_URL=database_url(),
            REDIS_URL=valkey.url,
            PROMETHEUS_MULTIPROC_DIR=str(tmp_path),
        ) as web,
    ):
        worker = (
            "import django; django.setup(); from customers.metrics import MESSAGES_SENT as m; m.labels('code').inc(5)"
        )
        shared = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "luckygas.settings"}
        for _ in range(2):
            subprocess.run([sys.executable, "-c", worker], env=os.environ | shared, cwd=ROOT, check=True)
        for _ in range(20):
            urllib.request.urlopen(f"http://127.0.0.1:{web.port}/health/ready", timeout=5).read()

        pages = [
            urllib.request.urlopen(f"http://127.0.0.1:{web.port}/metrics", timeout=5).read().decode() for _ in range(6)
        ]

    assert {value(page, 'luckygas_messages_sent_total{kind="code"}') for page in pages} == {10.0}
    asked = [
        value(
            page,
            'django_http_requests_total_by_view_transport_method_total{method="GET",transport="http",view="health_ready"}',
        )
        for page in pages
    ]
    assert set(asked) == {20.0}


def test_every_scheduled_task_exists():
    from luckygas.celery import app

    app.loader.import_default_modules()

    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_scheduled_work_can_be_done():
    from luckygas.celery import app

    app.loader.import_default_modules()

    for entry in SCHEDULE.values():
        if entry["task"] != "customers.tasks.sweep_messages":
            app.tasks[entry["task"]]()
    assert services.report_parked() == 0
