"""The short form of `make prove-driver`."""

import pytest

from tests.chaos.short_form import prove

LONGEST_SECONDS = 500  # on a busy machine; about a minute and a half on two free processors


@pytest.mark.slow
def test_what_a_phone_kept_arrives_exactly_once_whatever_happens_to_it(record_property):
    prove("driver", record_property, longest_seconds=LONGEST_SECONDS)
