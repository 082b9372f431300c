"""Photos and signatures: small, without EXIF, once, and for the right eyes only."""

import datetime as dt
import uuid
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from deliveries.models import Proof, ProofPart
from deliveries.reporting import parts, photos
from tests.deliveries.pictures import jpeg
from tests.deliveries.reporting import handed, send
from tests.factories import DriverFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("morning")]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(phone, stop, content=None, **more):
    photo = SimpleUploadedFile("photo.jpg", jpeg() if content is None else content)
    return phone.post("/drive/proofs/", {"operation_id": str(uuid.uuid4()), "stop": stop.pk, "photo": photo} | more)


def test_a_photo_is_kept_small_upright_and_bare(phone, driver, stop):
    answer = upload(phone, stop)

    proof = Proof.objects.get()
    kept = Image.open(proof.photo)
    assert answer.json() == {"state": "stored", "proof": proof.pk}
    assert (kept.format, kept.size) == ("JPEG", (960, 1280))
    assert dict(kept.getexif()) == {}
    assert (proof.stop, proof.by) == (stop, driver.user)


def test_the_same_photo_again_is_the_first_one(phone, stop):
    operation = str(uuid.uuid4())

    first, second = (upload(phone, stop, operation_id=operation).json() for _ in range(2))

    assert first == second
    assert Proof.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF", b"\xff\xd8\xff\xe0broken", jpeg()[:400]])
def test_what_is_no_photo_is_422_and_changes_nothing(phone, stop, content):
    assert upload(phone, stop, content).status_code == 422
    assert Proof.objects.count() == 0


def test_a_photo_with_too_many_bytes_or_pixels_is_422(phone, stop, monkeypatch):
    monkeypatch.setattr(photos, "MOST_BYTES", 100)
    heavy = upload(phone, stop)
    monkeypatch.setattr(photos, "MOST_BYTES", 10**9)
    monkeypatch.setattr(photos, "MOST_PIXELS", 100)

    wide = upload(phone, stop)

    assert (heavy.json()["code"], wide.json()["code"]) == ("too_large", "too_large")


def test_a_full_disk_is_503_so_that_the_phone_keeps_it(phone, stop, monkeypatch):
    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage.save", full)

    assert upload(phone, stop).status_code == 503
    assert Proof.objects.count() == 0


def test_a_photo_of_another_drivers_stop_is_not_found(signed_in, stop):
    assert upload(signed_in(DriverFactory().user), stop).status_code == 404


def test_the_office_and_the_driver_see_it_and_nobody_else(phone, signed_in, dispatcher, customer_person, stop):
    path = f"/drive/proofs/{upload(phone, stop).json()['proof']}/"

    mine, theirs = phone.get(path), signed_in(dispatcher).get(path)

    assert (mine.status_code, mine["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(b"".join(theirs.streaming_content))).format == "JPEG"
    assert signed_in(DriverFactory().user).get(path).status_code == 404
    assert signed_in(customer_person).get(path).status_code == 403


def test_a_signature_is_shown_as_a_drawing(phone, driver, stop):
    send(driver, handed(stop, signature="M1 1l5 5"))

    answer = phone.get(f"/drive/proofs/{Proof.objects.get().pk}/")

    assert answer["Content-Type"] == "image/svg+xml"
    assert 'd="M1 1l5 5"' in answer.content.decode()


@pytest.mark.parametrize("path", ['M1 1"/><script/>', "M" * 9000, "url(x)"])
def test_what_is_no_signature_is_never_kept_as_one(driver, stop, path):
    send(driver, handed(stop, signature=path))

    assert Proof.objects.count() == 0


# --- a photo in parts ---
def send_part(phone, stop, content, offset, *, operation, size):
    part = SimpleUploadedFile("photo.jpg", content)
    said = {"operation_id": operation, "stop": stop.pk, "photo": part, "offset": offset, "size": size}
    return phone.post("/drive/proofs/", said)


def test_a_photo_in_parts_goes_on_where_the_line_broke(phone, stop):
    whole, operation = jpeg(), str(uuid.uuid4())
    size, half = len(whole), len(whole) // 2

    def send(content, offset):
        return send_part(phone, stop, content, offset, operation=operation, size=size).json()

    assert send(whole[:half], 0) == {"state": "partial", "offset": half}
    assert send(whole[:half], 0) == {"state": "partial", "offset": half}  # its answer was lost
    assert send(whole[-9:], size - 9) == {"state": "partial", "offset": half}  # a phone that thinks it is further
    assert Proof.objects.count() == 0
    last = send(whole[half:], half)

    proof = Proof.objects.get()
    assert last == send(whole, 0) == {"state": "stored", "proof": proof.pk}
    assert (Image.open(proof.photo).size, ProofPart.objects.count()) == ((960, 1280), 0)


def test_parts_that_make_no_photo_are_refused(phone, stop):
    operation = str(uuid.uuid4())
    send_part(phone, stop, b"no", 0, operation=operation, size=7)

    assert send_part(phone, stop, b"photo", 2, operation=operation, size=7).status_code == 422
    assert Proof.objects.count() == 0


@pytest.mark.parametrize("size", [0, 16 * 1024 * 1024])
def test_a_photo_of_no_or_any_size_is_refused_at_its_first_part(phone, stop, size):
    assert send_part(phone, stop, b"x", 0, operation=str(uuid.uuid4()), size=size).status_code == 422
    assert ProofPart.objects.count() == 0


def test_a_part_of_somebody_elses_photo_is_refused(phone, stop, signed_in):
    operation = str(uuid.uuid4())
    send_part(phone, stop, b"12", 0, operation=operation, size=7)
    other = DriverFactory()
    ProofPart.objects.update(by=other.user)

    assert send_part(phone, stop, b"345", 2, operation=operation, size=7).status_code == 422
    assert bytes(ProofPart.objects.get().content) == b"12"


def test_what_nobody_went_on_with_goes_after_a_week(phone, stop):
    send_part(phone, stop, b"12", 0, operation=str(uuid.uuid4()), size=7)
    assert parts.forget() == 0

    ProofPart.objects.update(updated_at=timezone.now() - dt.timedelta(days=8))

    assert (parts.forget(), ProofPart.objects.count()) == (1, 0)
