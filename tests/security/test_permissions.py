"""Every address as every role: own rows, other people's and unknown ones. The table is tests/pages.py."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS
from tests.factories import (
    ContactFactory,
    CustomerFactory,
    DriverFactory,
    MembershipFactory,
    RouteFactory,
    SiteFactory,
    UserFactory,
    placed,
    wish,
)
from tests.pages import PAGES, SIGNED_IN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]
ROLES = [CUSTOMER, DRIVER, DISPATCHER, MANAGER, OPS]


@pytest.fixture
def world():
    """Two customers with an order each, two drivers with a route each: one of both is ours."""
    people = {role: UserFactory(username=f"own-{role}", roles=[role]) for role in ROLES}
    orders, stops = [], []
    for person in (people[CUSTOMER], UserFactory(username="stranger-customer", roles=[CUSTOMER])):
        customer = CustomerFactory()
        ContactFactory(customer=customer)
        MembershipFactory(user=person, customer=customer)
        orders.append(placed(wish(SiteFactory(customer=customer)), by=person))
    for person, order in zip(
        (people[DRIVER], UserFactory(username="stranger-driver", roles=[DRIVER])), orders, strict=True
    ):
        on_route = placed(wish(order.site), by=order.placed_by)
        route = RouteFactory(driver=DriverFactory(user=person))
        stops.append(route.add(on_route, by=people[DISPATCHER]))
        route.publish(by=people[DISPATCHER])
    return SimpleNamespace(people=people, order=orders[0], their_order=orders[1], stop=stops[0], their_stop=stops[1])


def visit(page, person, arguments):
    client = Client()
    if person:
        client.force_login(person)
    return getattr(client, page.method)(reverse(page.name, kwargs=arguments))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_only_the_roles_of_the_table_get_in(page, world):
    """Who may not is told 403, or 404 where the row is not theirs; who may is never told 403."""
    for role in ROLES:
        response = visit(page, world.people[role], page.example(world))

        if role in page.roles:
            assert response.status_code not in {403, 405, 500}, f"{page.name} as {role}: {response.status_code}"
            assert page.method == "post" or response.status_code in {200, 302, 303, 404}
        else:
            assert response.status_code in {403, 404}, f"{page.name} as {role}: {response.status_code}"


@pytest.mark.parametrize("page", [page for page in PAGES if page.roles == SIGNED_IN or "stranger" not in page.roles],
                         ids=lambda page: page.name)  # fmt: skip
def test_strangers_are_sent_to_sign_in(page, world):
    response = visit(page, None, page.example(world))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", [page for page in PAGES if page.theirs], ids=lambda page: page.name)
@pytest.mark.parametrize("role", [CUSTOMER, DRIVER])
def test_other_peoples_rows_look_like_rows_that_never_were(page, role, world):
    if role not in page.roles:
        return

    own, theirs, unknown = (
        visit(page, world.people[role], example(world)) for example in (page.example, page.theirs, page.unknown)
    )

    assert own.status_code in {200, 302, 303, 422}
    assert (theirs.status_code, unknown.status_code) == (404, 404)
    assert without_token(theirs) == without_token(unknown)


def without_token(response) -> str:
    """The page without what differs each time: the nonce, the CSRF token, the address itself."""
    import re

    text = response.content.decode()
    return re.sub(
        r'nonce="[^"]+"|"X-CSRFToken": ?"[^"]+"|value="[\w-]{64}"|content="[\w-]{64}"|/(orders|drive)/[^"\s]*', "", text
    )
