"""What everybody who loads the shop does: sign in through the form, read pages, send forms back."""

from __future__ import annotations

import itertools
import os
import random
from urllib.parse import urljoin

from locust import HttpUser, between
from locust.exception import StopUser

from loadtests.page import Form, Page

PASSWORD = os.environ.get("LOAD_PASSWORD", "")  # of the accounts that `loadtests.run` opened; else those of the demo
ACCOUNTS = {
    role: os.environ.get(f"LOAD_{role.upper()}S", role).split(",") for role in ("customer", "dispatcher", "driver")
}
TAKEN = {role: itertools.count() for role in ACCOUNTS}


class Person(HttpUser):
    """Somebody with an account of one role, who thinks between two pages."""

    abstract = True
    role = ""
    wait_time = between(1, 4)

    def on_start(self) -> None:
        names = ACCOUNTS[self.role]
        self.username = names[next(TAKEN[self.role]) % len(names)]
        self.dice = random.Random(self.username)
        self.client.headers["Accept-Language"] = "zh-TW"
        page = self.read("/login/")
        form = page.form("login")
        answer = self.send(
            form, "/login/", name="sign in", login=self.username, password=PASSWORD or f"demo-{self.username}"
        )  # fmt: skip
        if "/login" in answer.url:
            raise StopUser(f"{self.username} could not sign in")

    def read(self, path: str, name: str = "") -> Page:
        """A page and what stands on it."""
        with self.client.get(path, name=name or path, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}")
            self.url = answer.url or path
            return Page(answer.text or "")

    def send(self, form: Form, path: str, *, name: str, **typed: str):
        """A form as the page gave it, with what a person typed. A sentence of refusal (422) is an answer, no error."""
        with self.client.post(
            urljoin(path, form.action) or path,
            data=form.filled(**typed),
            headers={"Referer": urljoin(self.host + "/", path)},
            name=name,
            catch_response=True,
        ) as answer:
            if answer.status_code == 422:
                answer.request_meta["name"] = f"{name}, refused"
                answer.success()
            return answer
