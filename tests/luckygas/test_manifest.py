"""What the home screen of a phone is told, and the page of components."""

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from PIL import Image


@pytest.mark.parametrize(("language", "name"), [("zh-TW", "幸福氣"), ("en", "Lucky Gas")])
def test_the_manifest_speaks_the_language_of_the_browser(client, db, language, name):
    response = client.get(reverse("manifest"), headers={"accept-language": language})

    assert response["Content-Type"] == "application/manifest+json"
    assert response.json()["short_name"] == name
    assert response.json()["display"] == "standalone"


def test_every_icon_of_the_manifest_exists_in_its_size(client, db):
    icons = client.get(reverse("manifest")).json()["icons"]

    for icon in icons:
        with Image.open(finders.find(icon["src"].removeprefix("/static/"))) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}


def test_every_page_links_the_manifest(client, db):
    page = client.get("/").content.decode()

    assert f'<link rel="manifest" href="{reverse("manifest")}">' in page
