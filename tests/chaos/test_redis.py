"""Redis dead or frozen: rings are short, and the pages go on."""

import json
import os
import subprocess
import sys

import pytest

from tests.processes import ROOT, Valkey

LONGEST_SECONDS = 1.5
# In a process of its own, because Celery and redis-py read their address once.
RINGS = """
import json, os, signal, sys, time, django
from concurrent.futures import ThreadPoolExecutor
django.setup()
from customers.tasks import send_message
from luckygas import doorbell, live

valkey = int(sys.argv[1])

def ring(kind):
    doorbell.bell.quiet_until = 0
    began = time.monotonic()
    if kind == "task":
        answered = doorbell.is_answered(lambda: send_message.apply_async(args=[0], retry=False))
    else:
        answered = doorbell.is_answered(lambda: live.redis().publish("live", "order 1"))
    return [answered, round(time.monotonic() - began, 2)]

def timed_ring():
    began = time.monotonic()
    doorbell.is_answered(lambda: send_message.apply_async(args=[0], retry=False))
    return time.monotonic() - began

def rings():
    return [ring(kind) for kind in ("task", "task", "live", "live", "task")]

said = {"well": rings()}
os.kill(valkey, signal.SIGSTOP)
said["frozen"] = rings()
said["quiet"] = timed_ring()
doorbell.bell.quiet_until = 0
with ThreadPoolExecutor(8) as crowd:
    said["crowd"] = sorted(crowd.map(lambda _: timed_ring(), range(8)))
os.kill(valkey, signal.SIGCONT)
time.sleep(0.5)
said["thawed"] = rings()
os.kill(valkey, signal.SIGKILL)
time.sleep(0.5)
said["dead"] = rings()
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def said():
    with Valkey() as valkey:
        answer = subprocess.run(
            [sys.executable, "-c", RINGS, str(valkey.pid)],
            cwd=ROOT,
            env=os.environ | {"REDIS_URL": valkey.url, "DJANGO_SETTINGS_MODULE": "luckygas.settings"},
            capture_output=True,
            text=True,
            timeout=90,
            check=True,
        )
    return json.loads(answer.stdout.splitlines()[-1])


@pytest.mark.parametrize("state, answered", [("well", True), ("frozen", False), ("thawed", True), ("dead", False)])
def test_each_ring_is_short_and_says_whether_it_was_heard(said, state, answered):
    assert {ring[0] for ring in said[state]} == {answered}
    assert max(ring[1] for ring in said[state]) < LONGEST_SECONDS


def test_after_an_unanswered_ring_the_next_costs_nothing(said):
    assert said["quiet"] < 0.05


def test_one_thread_waits_for_a_frozen_redis_and_the_others_go_on(said):
    *others, longest = said["crowd"]

    assert longest < LONGEST_SECONDS
    assert max(others) < 0.5
