"""Imports: every line read once and one customer each, whoever is killed in between."""

import threading
import uuid

import pytest
from django.db import connections
from django.utils import timezone

from customers.files import importing
from customers.files.export import csv_lines
from customers.models import Contact, Customer, Import, ImportRow, Site
from luckygas.errors import Refused
from tests.factories import AreaFactory, ContactFactory, CustomerFactory, SiteFactory
from tests.soundness import assert_sound

pytestmark = pytest.mark.django_db
HEADER = "名稱,類別,電話,地址,區域,統一編號,舊系統編號\n"


@pytest.fixture(autouse=True)
def area(db):
    return AreaFactory(code="瑞", name="瑞光")


def bring(text, by, **more):
    return Import.bring(operation_id=uuid.uuid4(), name="客人.csv", content=text.encode(), by=by, **more)


def lines(count):
    return HEADER + "".join(f"客人{n},住家,09000{n:05d},臺東市測試路 {n} 號,瑞光,,\n" for n in range(count))


def states(source):
    return list(source.rows.order_by("line").values_list("line", "state"))


def started(text, by):
    source = bring(text, by)
    importing.read(source)
    source.start(by=by)
    return source


def test_lines_are_read_and_nobody_is_put_on_the_record_yet(manager):
    source = bring(lines(3), manager)

    importing.work(source.pk)

    source.refresh_from_db()
    assert (source.state, states(source)) == ("read", [(2, "right"), (3, "right"), (4, "right")])
    assert (bytes(source.content), Customer.objects.count()) == (b"", 0)
    assert source.rows.first().cells["電話"] == "0900000000"


def test_what_was_shown_is_put_on_the_record_by_somebody(manager):
    source = started(HEADER + "範例麵店,店家,０９００－０００－００１,臺東市測試路 1 號,瑞光,12345676,L7\n", manager)

    importing.work(source.pk)

    source.refresh_from_db()
    customer, site, contact = Customer.objects.get(), Site.objects.get(), Contact.objects.get()
    assert (source.state, source.started_by) == ("done", manager)
    assert (customer.name, customer.kind, customer.tax_id, customer.legacy_code) == (
        "範例麵店", "commercial", "12345676", "L7",
    )  # fmt: skip
    assert (site.area.code, site.address, contact.phone, contact.phone_raw) == (
        "瑞", "臺東市測試路 1 號", "+886900000001", "0900-000-001",
    )  # fmt: skip
    assert source.rows.get().cells["電話"] == "０９００－０００－００１"
    assert customer.events.get().pgh_context.metadata["user"] == manager.pk
    assert_sound()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("名稱,電話,星座\n", "星座"),
        ("名稱,電話,名稱\n", "名稱"),
        ("名稱\n", "電話"),
        ("", "名稱"),
        ("名稱,,電話\n", "空白"),
    ],
)
def test_headers_that_we_do_not_know_stop_it(manager, text, says):
    source = bring(text, manager)

    importing.work(source.pk)

    source.refresh_from_db()
    assert (source.state, source.rows.count()) == ("refused", 0)
    assert says in source.refusal


def test_all_lines_are_checked_and_each_mistake_has_its_column(manager):
    source = bring(
        HEADER + ",店家,12,,,1,\n林太太,住家,0900000001,路 1 號,火星,,\n甲,住家,0900000002,,,,,,多\n", manager
    )

    importing.read(source)

    assert list(source.rows.values_list("line", "state", "mistakes")) == [
        (2, "wrong", [["名稱", "empty"], ["電話", "bad_phone"], ["統一編號", "bad_tax_id"]]),
        (3, "wrong", [["區域", "unknown_area"]]),
        (4, "wrong", [["", "too_many_cells"]]),
    ]


def known_to_the_office():
    site = SiteFactory(customer=CustomerFactory(name="林太太", tax_id="12345676", legacy_code="L1"), address="路 1 號")
    ContactFactory(customer=site.customer, phone="+886900000001")
    return site.customer


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("甲,住家,0900000001,,,,", "phone"),
        ("甲,店家,0900000002,,,12345676,", "tax_id"),
        ("甲,住家,0900000002,,,,L1", "legacy_code"),
        ("林太太,住家,0900000002,路１號,瑞光,,", "address"),
    ],
)
def test_who_may_be_on_the_record_already_is_shown_and_left_out(manager, line, what):
    customer = known_to_the_office()
    source = started(f"{HEADER}{line}\n", manager)

    importing.work(source.pk)

    row = source.rows.get()
    assert (row.state, row.doubles, row.customer) == ("double", [[what, customer.number, None]], None)
    assert Customer.objects.count() == 1


def test_two_lines_of_the_file_that_share_a_phone_are_shown(manager):
    source = bring(lines(1) + "別人,住家,0900000000,,,,\n", manager)

    importing.read(source)

    assert list(source.rows.values_list("state", "doubles")) == [("right", []), ("double", [["phone", None, 2]])]


def test_a_double_that_a_person_wants_goes_on_the_record(manager):
    known_to_the_office()
    source = bring(f"{HEADER}甲,住家,0900000001,,,,\n乙,住家,0900000002,,,,L1\n", manager)
    importing.read(source)
    first, second = source.rows.all()

    first.want(True, by=manager)
    with pytest.raises(Refused):
        second.want(True, by=manager)  # no two records share a number
    source.start(by=manager)
    importing.work(source.pk)

    assert states(source) == [(2, "done"), (3, "double")]
    assert Customer.objects.filter(name="甲").exists()
    with pytest.raises(Refused):
        first.want(False, by=manager)


def test_a_number_of_ours_is_known_or_wrong(manager):
    customer = known_to_the_office()
    text = f"客戶編號,名稱,電話\n{customer.code},甲,0900000009\n9999999,乙,0900000008\n"
    source = bring(text, manager)

    importing.read(source)

    assert list(source.rows.values_list("state", "doubles", "mistakes")) == [
        ("double", [["number", customer.number, None]], []),
        ("wrong", [], [["客戶編號", "unknown_number"]]),
    ]


def test_a_line_that_somebody_was_faster_with_is_left_out_with_the_reason(manager):
    source = started(HEADER + "甲,住家,0900000001,,,,L9\n乙,住家,0900000002,,,,\n", manager)
    CustomerFactory(legacy_code="L9")

    importing.work(source.pk)

    assert states(source) == [(2, "left"), (3, "done")]
    assert source.rows.first().refusal
    assert not Contact.objects.filter(phone="+886900000001").exists()


def test_the_same_file_is_brought_once_unless_it_was_thrown_away(manager):
    source = bring(lines(1), manager)
    with pytest.raises(Refused) as refused:
        bring(lines(1), manager)
    assert refused.value.code == "twice"

    importing.read(source)
    source.discard(by=manager)

    assert bring(lines(1), manager).pk != source.pk
    assert ImportRow.objects.count() == 0


def test_the_same_deed_twice_is_one_import(manager):
    operation = uuid.uuid4()

    sources = [Import.bring(operation_id=operation, name="x", content=b"x", by=manager) for _ in range(2)]

    assert sources[0] == sources[1]


def test_starting_twice_puts_everybody_on_the_record_once(manager):
    source = started(lines(3), manager)
    source.start(by=manager)
    importing.work(source.pk)
    source.start(by=manager)

    importing.work(source.pk)

    assert Customer.objects.count() == 3


def test_what_was_not_shown_is_not_started(manager):
    source = bring(lines(1), manager)

    with pytest.raises(Refused):
        source.start(by=manager)


class Killed(BaseException):
    """The worker is gone: no handler of ours sees it."""


def killed_at(monkeypatch, name, call):
    """Let this step of a worker die the `call`th time."""
    whole, calls = getattr(importing, name), []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == call:
            raise Killed
        return whole(*args, **kwargs)

    monkeypatch.setattr(importing, name, dying)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("step", "call"), [("understood", 7), ("mark_doubles", 1), ("_register", 1), ("_register", 8)])
def test_a_worker_that_dies_leaves_nothing_twice_and_nothing_out(manager, monkeypatch, step, call):
    monkeypatch.setattr(importing, "READ_AT_ONCE", 3)
    monkeypatch.setattr(importing, "PUT_AT_ONCE", 3)
    killed_at(monkeypatch, step, call)
    source = bring(lines(10), manager)

    for _worker in range(3):
        try:
            importing.work(source.pk)
        except Killed:
            continue
        if Import.objects.get(pk=source.pk).state == "read":
            source.start(by=manager)

    source.refresh_from_db()
    assert source.state == "done"
    assert sorted(Customer.objects.values_list("name", flat=True)) == sorted(f"客人{n}" for n in range(10))
    assert Contact.objects.count() == Site.objects.count() == 10
    assert_sound()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_turns(manager, monkeypatch):
    monkeypatch.setattr(importing, "PUT_AT_ONCE", 2)
    source = started(lines(20), manager)

    def work():
        try:
            importing.work(source.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    source.refresh_from_db()
    assert (source.state, Customer.objects.count(), Contact.objects.count()) == ("done", 20, 20)


def test_an_import_whose_worker_is_silent_is_rung_for_again(manager, monkeypatch):
    rung = []
    monkeypatch.setattr(importing, "is_answered", lambda ring: bool(rung.append(ring)) or True)
    source = bring(lines(1), manager)
    assert importing.go_on() == 0

    Import.objects.filter(pk=source.pk).update(worked_at=timezone.now() - 2 * importing.SILENT)

    assert (importing.go_on(), len(rung)) == (1, 1)


def test_what_the_export_writes_can_be_read_again(manager, area):
    site = SiteFactory(
        customer=CustomerFactory(name="=範例", kind="commercial", tax_id="12345676", settlement="monthly", note="-早"),
        area=area, hours=0b111, closed_weekdays=[3], closed_on_holidays=True, vehicle=2,
    )  # fmt: skip
    ContactFactory(customer=site.customer, phone="+886900000001", name="小林")
    SiteFactory(customer=site.customer, area=area)
    content = b"".join(csv_lines(Customer.objects.order_by("number"), encoding="utf-8"))

    source = Import.bring(operation_id=uuid.uuid4(), name="x.csv", content=content, by=manager)
    importing.read(source)

    row = source.rows.get()
    assert (row.mistakes, row.state) == ([], "double")
    assert {what for what, _number, _line in row.doubles} >= {"number", "phone", "tax_id"}
    assert (row.facts["hours"], row.facts["closed"], row.facts["vehicle"]) == (
        0b111, {"closed_weekdays": [3], "closed_on_holidays": True}, 2,
    )  # fmt: skip
    assert (row.facts["name"], row.facts["note"]) == ("=範例", "-早")
