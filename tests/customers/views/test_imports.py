"""The pages of an import: brought, looked at, started, thrown away."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.files import importing
from customers.models import Customer, Import
from tests.factories import AreaFactory, ContactFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TEXT = "名稱,電話,地址,區域\n甲,0900000001,路 1 號,瑞光\n乙,12,,\n丙,0900000001,,\n"


@pytest.fixture(autouse=True)
def area(db):
    return AreaFactory(code="瑞", name="瑞光")


def file(text=TEXT, name="客人.csv"):
    return {"operation_id": uuid.uuid4(), "file": SimpleUploadedFile(name, text.encode())}


def at(source, name="show_import", *more):
    return reverse(f"customers:{name}", args=[source.pk, *more])


@pytest.fixture
def source(manager):
    """An import that was read: one right line, one wrong one, one double."""
    brought = Import.bring(operation_id=uuid.uuid4(), name="客人.csv", content=TEXT.encode(), by=manager)
    importing.read(brought)
    return brought


def test_a_file_is_brought_and_its_page_says_that_it_is_being_checked(signed_in, manager):
    browser = signed_in(manager, **{"Accept-Language": "en"})

    response = browser.post(reverse("customers:imports"), file())

    brought = Import.objects.get()
    page = browser.get(response["Location"]).content.decode()
    assert response["Location"] == at(brought)
    assert "The lines are being checked." in page
    assert 'data-hx-trigger="every 1s"' in page


@pytest.mark.parametrize("wrong", [{"file": ""}, {"file": SimpleUploadedFile("x.csv", b"")}, {"operation_id": ""}])
def test_no_file_is_no_import(signed_in, manager, wrong):
    response = signed_in(manager).post(reverse("customers:imports"), file() | wrong)

    assert response.status_code == 422
    assert Import.objects.count() == 0


def test_the_same_file_again_is_refused_at_the_field(signed_in, manager, source):
    response = signed_in(manager).post(reverse("customers:imports"), file())

    assert response.status_code == 422
    assert 'id="id_file_error"' in response.content.decode()


def test_the_preview_shows_mistakes_first_and_doubles_and_right_lines(signed_in, manager, source):
    browser = signed_in(manager)

    first = browser.get(at(source)).context["preview"]
    doubles = browser.get(at(source), {"state": "double"}).content.decode()

    assert (first.state, first.counts, first.to_put) == (
        "wrong", {"wrong": 1, "double": 1, "right": 1, "done": 0, "left": 0}, 1,
    )  # fmt: skip
    assert [(header, cell) for header, cell, _says in first.page.object_list[0].told] == [("電話", "12")]
    assert at(source, "want_row", 4) in doubles


def test_htmx_gets_the_lines_alone(signed_in, manager, source):
    response = signed_in(manager, **HTMX).get(at(source))

    assert response.content.decode().lstrip().startswith('<div class="import-lines"')


def test_a_double_is_wanted_and_after_all_not(signed_in, manager, source):
    browser = signed_in(manager, **HTMX)

    wanted = browser.post(at(source, "want_row", 4), {"want": "1"})
    assert wanted.context["preview"].to_put == 2
    browser.post(at(source, "want_row", 4), {})

    assert not source.rows.get(line=4).is_wanted
    assert browser.post(at(source, "want_row", 99), {}).status_code == 404


def test_a_line_that_is_no_double_stays_as_it_is(signed_in, manager, source):
    signed_in(manager).post(at(source, "want_row", 2), {"want": "1"})

    assert not source.rows.get(line=2).is_wanted


def test_one_key_starts_it_and_the_page_says_how_it_ended(signed_in, manager, source):
    browser = signed_in(manager, **{"Accept-Language": "en"})

    browser.post(at(source, "run_import"))
    running = browser.get(at(source)).content.decode()
    importing.work(source.pk)
    done = browser.get(at(source)).content.decode()

    assert "They are being put on the record." in running
    assert "1 customer is on the record." in done
    assert [customer.name for customer in Customer.objects.all()] == ["甲"]


def test_it_is_thrown_away(signed_in, manager, source):
    signed_in(manager).post(at(source, "discard_import"))

    source.refresh_from_db()
    assert (source.state, source.rows.count(), Customer.objects.count()) == ("discarded", 0, 0)


@pytest.mark.parametrize("name", ["run_import", "discard_import"])
def test_a_deed_whose_time_is_over_is_refused_with_a_sentence(signed_in, manager, source, name):
    source.discard(by=manager)

    response = signed_in(manager, **{"Accept-Language": "en"}).post(at(source, name), follow=True)

    assert "not possible now" in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_takes_as_many_queries_for_three_doubles_as_for_one(
    signed_in, manager, count, django_assert_max_num_queries
):
    for n in range(count):
        ContactFactory(phone=f"+88690000000{n}")
    text = "名稱,電話\n" + "".join(f"人{n},090000000{n}\n" for n in range(count))
    brought = Import.bring(operation_id=uuid.uuid4(), name="x", content=text.encode(), by=manager)
    importing.read(brought)
    browser = signed_in(manager)

    with django_assert_max_num_queries(8) as taken:
        browser.get(at(brought))

    assert len(taken) == 7


def test_the_blank_form_can_be_brought_as_it_is(signed_in, manager):
    content = signed_in(manager).get(reverse("customers:blank_form")).content

    brought = Import.bring(operation_id=uuid.uuid4(), name="x", content=content, by=manager)
    importing.read(brought)

    assert list(brought.rows.values_list("state", flat=True)) == ["right"]


@pytest.mark.parametrize("name", ["imports", "blank_form"])
def test_only_managers_bring_files(signed_in, dispatcher, name):
    assert signed_in(dispatcher).get(reverse(f"customers:{name}")).status_code == 403
