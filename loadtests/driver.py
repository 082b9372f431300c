"""A driver's day: the route, the next stop, arrived, handed over as ordered."""

from __future__ import annotations

import re

from locust import between, task

from loadtests.person import Person

STOP = re.compile(r"/drive/stops/(\d+)/")


class Driver(Person):
    """Minutes lie between two doors; here seconds, so that a short run has some."""

    role = "driver"
    weight = 4
    wait_time = between(3, 8)

    @task(3)
    def look(self) -> None:
        self.read("/drive/", "driver: route")

    @task(2)
    def visit(self) -> None:
        page = self.read("/drive/", "driver: route")
        path = next((form.action for form in page.forms if STOP.search(form.action)), "")
        if not path:
            return
        arrive = self.read(path, "driver: stop").form("kind")
        if arrive and arrive.fields.get("kind") == "arrive":
            self.send(arrive, path, name="driver: arrive")
        page = self.read(path, "driver: stop")
        form = next((form for form in page.forms if form.fields.get("kind") == "deliver"), None)
        if form:
            leak = {"leak_check": "passed"} if "leak_check" in form.choices else {}
            paid = "account" if "account" in form.choices["choice"] else "exact"
            self.send(form, path, name="driver: hand over", choice=paid, unsigned="on", **leak)

    @task(1)
    def sum_up(self) -> None:
        self.read("/drive/summary/", "driver: summary")
