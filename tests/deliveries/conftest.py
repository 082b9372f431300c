"""A driver's usual day: one order, its stop on the road, and the phone."""

from __future__ import annotations

import pytest

from pilot import invariants
from tests.deliveries.reporting import departed, stop_of
from tests.factories import placed


@pytest.fixture
def order(twenty):
    return placed()


@pytest.fixture
def stop(driver, order):
    departed(driver, order)
    return stop_of(order)


@pytest.fixture
def phone(driver, signed_in):
    return signed_in(driver.user)


@pytest.fixture
def invariants_hold(db):
    """Whatever a test does, nothing that must be true of the records is broken."""
    yield
    assert invariants.check() == []
