"""Every address as every role: own rows, other people's and unknown ones. The table is tests/pages.py."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from luckygas.models import CUSTOMER, DRIVER
from tests.pages import PAGES
from tests.world import ROLES, browser_of, session_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def visit(address, session, arguments):
    """A browser of its own for each visit: some of them end the session."""
    client = Client()
    for cookie in session:
        client.cookies[cookie["name"]] = cookie["value"]
    return getattr(client, address.method)(reverse(address.name, kwargs=arguments))


@pytest.mark.parametrize("role", ROLES)
def test_only_the_roles_of_the_table_get_in(role, world):
    """Who may not is told 403, or 404 where the row is not theirs; who may is never told 403."""
    wrong, session = [], session_of(browser_of(world.people[role]))

    for address in PAGES:
        with transaction.atomic():
            status = visit(address, session, address.example(world)).status_code
            transaction.set_rollback(True)
        allowed = (200, 204, 302, 303, 400, 404, 422, 429) if address.method != "get" else (200, 302, 303, 404)
        if status not in (allowed if role in address.roles else (403, 404)):
            wrong.append(f"{address.name}: {status}")

    assert wrong == []


def test_strangers_are_sent_to_sign_in_and_machines_told_so(world):
    wrong = []

    for address in PAGES:
        if "stranger" not in address.roles:
            response = visit(address, [], address.example(world))
            if address.name.startswith("api:"):
                wrong += [] if response.status_code == 401 else [f"{address.name}: {response.status_code}"]
            elif response.status_code != 302 or not response["Location"].startswith(reverse("account_login")):
                wrong.append(f"{address.name}: {response.status_code}")

    assert wrong == []


@pytest.mark.parametrize("role", [CUSTOMER, DRIVER])
def test_other_peoples_rows_look_like_rows_that_never_were(role, world):
    session = session_of(browser_of(world.people[role]))

    for address in PAGES:
        if address.theirs is None or role not in address.roles:
            continue

        own, theirs, unknown = (
            visit(address, session, example(world)) for example in (address.example, address.theirs, address.unknown)
        )

        assert own.status_code in {200, 302, 303, 422}, address.name
        assert (theirs.status_code, unknown.status_code) == (404, 404), address.name
        assert without_token(theirs) == without_token(unknown)


def without_token(response) -> str:
    """The page without what differs each time: the nonce, the CSRF token, the address itself."""
    text = response.content.decode()
    return re.sub(
        r'nonce="[^"]+"|"X-CSRFToken": ?"[^"]+"|value="[\w-]{64}"|content="[\w-]{64}"|/(orders|drive|dispatch)/[^"\s]*',
        "",
        text,
    )
