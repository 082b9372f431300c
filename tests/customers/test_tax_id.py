"""The check of a unified business number, by the rule of April 2023."""

import pytest

from customers.tax_id import is_tax_id


@pytest.mark.parametrize("number", ["04595257", "12345676", "10458574", "10458575", "00000000"])
def test_these_pass(number):
    assert is_tax_id(number)


@pytest.mark.parametrize(
    "number", ["12345678", "04595258", "10458576", "1234567", "123456789", "1234567a", "１２３４５６７６", ""]
)
def test_these_do_not(number):
    assert not is_tax_id(number)


def test_a_seven_in_the_seventh_place_passes_with_the_sum_or_one_more():
    passing = [f"1045857{last}" for last in range(10) if is_tax_id(f"1045857{last}")]

    assert passing == ["10458570", "10458574", "10458575", "10458579"]
