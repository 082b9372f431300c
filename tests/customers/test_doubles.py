"""Who is on the record twice: seen, never merged."""

import pytest

from customers.doubles import doubles_of, groups
from tests.factories import ContactFactory, CustomerFactory, SiteFactory

pytestmark = pytest.mark.django_db


def pair(**facts):
    return CustomerFactory(**facts), CustomerFactory(**facts)


def same_phone():
    one, other = pair()
    for customer in (one, other):
        ContactFactory(customer=customer, phone="+886900000001")
    return one, other


def same_tax_id():
    return pair(tax_id="12345676")


def same_address():
    one, other = pair(name="林太太")
    SiteFactory(customer=one, address="臺東市測試路 1 號")
    SiteFactory(customer=other, address="台東市測試路１號")
    return one, other


@pytest.mark.parametrize(("make", "what"), [(same_phone, "phone"), (same_tax_id, "tax_id"), (same_address, "address")])
def test_what_two_records_share_is_named(make, what):
    one, other = make()

    found, count = groups()

    assert count == 1
    assert [(group.customers, group.whats) for group in found] == [([one, other], [what])]
    assert [(double.customer, double.whats) for double in doubles_of(one)] == [(other, [what])]


def test_two_who_share_everything_are_one_group():
    one, other = same_address()
    for customer in (one, other):
        ContactFactory(customer=customer, phone="+886900000001")

    assert [group.whats for group in groups()[0]] == [["phone", "address"]]
    assert doubles_of(one)[0].whats == ["phone", "address"]


def test_who_shares_nothing_or_stopped_is_no_double(dispatcher):
    one, other = same_phone()
    CustomerFactory(name="林太太")
    SiteFactory(customer=CustomerFactory(name="林太太"))
    CustomerFactory(tax_id="")
    other.deactivate(by=dispatcher, reason="x")

    assert groups() == ([], 0)
    assert doubles_of(one) == []


def test_a_number_that_was_taken_off_counts_no_more(dispatcher):
    _one, other = same_phone()
    other.contacts.get().remove(by=dispatcher)

    assert groups() == ([], 0)
