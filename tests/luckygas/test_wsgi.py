"""The door of the web server: a request that was cut on its way changes nothing."""

import uuid
from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.core.exceptions import BadRequest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.test.client import encode_multipart

from luckygas.wsgi import WholeBody, application
from orders.models import Order
from tests.factories import given
from tests.processes import session_cookie

TOKEN = "a" * 32


@pytest.fixture
def kept_connection():
    """A web server closes stale connections around each request; a test's transaction lives in one."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def send(db, kept_connection, customer_person, signed_in, twenty):
    """Post a body as the web server hands it over: so many bytes came of those that were announced."""
    given(everyone=True)
    cookies = f"{session_cookie(signed_in(customer_person))}; csrf={TOKEN}"

    def send_body(body, came, content_type="application/x-www-form-urlencoded", **headers):
        request = RequestFactory().generic("POST", "/orders/new/", body, content_type=content_type, headers=headers)
        environ = request.environ | {"HTTP_COOKIE": cookies, "wsgi.input": BytesIO(body[:came])}
        said = []
        answer = application(environ, lambda status, headers: said.append(status))
        b"".join(answer)
        answer.close()
        return int(said[0].split()[0])

    return send_body


@pytest.fixture
def form(customer_person):
    site = customer_person.memberships.get().customer.sites.get()
    return {
        "csrfmiddlewaretoken": TOKEN,
        "operation_id": str(uuid.uuid4()),
        "site": str(site.pk),
        "is_gas_out": "no",
        "when": "now",
        "quantity_20": "12",
    }


def test_a_whole_form_places_the_order(send, form):
    body = urlencode(form).encode()

    status = send(body, len(body))

    assert status == 303
    assert [line.ordered for line in Order.objects.get().lines.all()] == [12]


@pytest.mark.parametrize("headers", [{}, {"x-csrftoken": TOKEN}], ids=["token in the form", "token in a header"])
def test_a_form_that_lost_its_last_digit_is_a_bad_request(send, form, headers):
    body = urlencode(form).encode()

    status = send(body, len(body) - 1, **headers)

    assert (status, Order.objects.count()) == (400, 0)


def test_a_form_with_files_that_was_cut_is_a_bad_request(send, form):
    body = encode_multipart("line", form)

    status = send(body, len(body) - 12, "multipart/form-data; boundary=line")

    assert (status, Order.objects.count()) == (400, 0)


def test_a_body_is_read_to_its_end_and_no_further():
    stream = BytesIO(b"one\ntwo\nnext request")
    body = WholeBody(stream, 8)

    assert [body.readline(), body.read(2), body.read(), body.read()] == [b"one\n", b"tw", b"o\n", b""]
    assert stream.read() == b"next request"


def test_a_line_that_never_came_is_a_bad_request():
    body = WholeBody(BytesIO(b"one\n"), 8)
    body.readline()

    with pytest.raises(BadRequest):
        body.readline()
