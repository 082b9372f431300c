"""Probes: alive, and ready with each dependency by name."""

import time

import pytest
from django.core.cache import cache

from luckygas import health
from luckygas.celery import heartbeat

pytestmark = pytest.mark.django_db


def checks(client):
    return {name: check["ok"] for name, check in client.get("/health/ready").json()["checks"].items()}


def test_alive_needs_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/health/live").json() == {"status": "alive"}


def test_ready_names_each_dependency(client):
    heartbeat()

    assert client.get("/health/ready").json()["status"] == "ready"
    assert checks(client) == {"database": True, "workers": True, "redis": True, "media": True}


def test_silent_workers_are_named_and_the_site_stays_up(client):
    cache.set(health.HEARD, time.time() - 61)

    response = client.get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["workers"] == {"ok": False, "error": "JobsDelayed"}


def test_workers_never_heard_are_delayed():
    cache.delete(health.HEARD)

    assert health.silent_seconds() is None
    assert health.are_jobs_delayed()


def test_redis_away_is_named_and_the_site_stays_up(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    heartbeat()

    response = client.get("/health/ready")

    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["redis"] == {"ok": False, "error": "ConnectionError"}


def test_a_media_folder_that_cannot_be_written_is_named(client, settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings.MEDIA_ROOT = blocked / "media"
    heartbeat()

    assert checks(client)["media"] is False
