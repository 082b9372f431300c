"""The judge by itself, without a database: see judge_cases.py."""

from __future__ import annotations

import pytest

from pilot.certificate import judging
from tests.pilot.judge_cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_the_judge_says(name):
    says, must = CASES[name](judging)

    assert says == must
