"""A dispatcher's day: answers the phone, keeps the board in sight, looks after what is red."""

from __future__ import annotations

import re

from locust import task

from loadtests.person import Person

FOUND = re.compile(r'href="(/desk/\d+/)')
WORDS = ("砂鍋", "青焰", "湯匙街", "蒸籠路", "0900", "089000", "文火", "麵店", "1042", "鍋鏟路 12")


class Dispatcher(Person):
    """Searches all day; every second call becomes an order."""

    role = "dispatcher"
    weight = 3

    @task(6)
    def answer(self) -> None:
        """Find who calls, open their card, take an order for them."""
        form = self.read("/desk/", "office: desk").form("q")
        if not form:
            return
        answer = self.send(form, "/desk/", name="office: find", q=self.dice.choice(WORDS))
        found = FOUND.findall(answer.text or "")
        if not found:
            return
        path = self.dice.choice(found)
        form = self.read(path, "office: customer's card").form("is_gas_out")
        if form and self.dice.random() < 0.5:
            self.send(
                form, path, name="office: take order", is_gas_out="no", quantity_20="1", empties_20="1", note="負載測試"
            )  # fmt: skip

    @task(5)
    def board(self) -> None:
        self.read("/dispatch/", "office: board")

    @task(3)
    def monitor(self) -> None:
        self.read("/monitor/", "office: today")

    @task(2)
    def orders(self) -> None:
        self.read("/orders/", "office: orders")

    @task(1)
    def reviews(self) -> None:
        self.read("/dispatch/reviews/", "office: reviews")
