"""A customer's day: looks where the driver is, orders, tracks, looks at old orders, changes their mind."""

from __future__ import annotations

import re

from locust import task

from loadtests.person import Person

ORDER = re.compile(r"/orders/(\d{7}-\d+)/")


class Customer(Person):
    """Orders now and then, and looks much more often."""

    role = "customer"
    weight = 8

    @task(6)
    def look(self) -> None:
        self.read("/orders/", "customer: home")

    @task(3)
    def look_back(self) -> None:
        self.read("/orders/history/", "customer: history")

    @task(1)
    def account(self) -> None:
        self.read("/account/", "customer: account")

    @task(4)
    def order(self) -> None:
        """Fill in the form for another day, send it, look at the order, and sometimes cancel it."""
        form = self.read("/orders/new/", "customer: order form").form("is_gas_out")
        if not form:
            return
        whens = [when for when in form.choices.get("when", []) if when.startswith("slot-")]
        typed = {"is_gas_out": "no", "quantity_20": "1", "empties_20": "1"}
        if whens:
            typed["when"] = self.dice.choice(whens)
        answer = self.send(form, "/orders/new/", name="customer: order", **typed)
        found = ORDER.search(answer.url or "")
        if not found:
            return
        number = found[1]
        self.read(f"/orders/{number}/", "customer: order page")
        if self.dice.random() < 0.8:  # so that the slots and limits of a short day are not used up
            self.cancel(number)

    def cancel(self, number: str) -> None:
        path = f"/orders/{number}/cancel/"
        form = self.read(path, "customer: cancel form").form("operation_id")
        if form:
            self.send(form, path, name="customer: cancel", reason="改天再叫")
