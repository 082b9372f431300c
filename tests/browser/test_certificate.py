"""Ops looks at the certificate, two people waive what they must, and it is issued and printed on one page."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from pilot.certificate import probes
from pilot.models import Certificate, Waiver
from tests.browser.conftest import DESK
from tests.pilot.certificates import ALL_ANSWER, HERE, stored


@pytest.fixture
def _answers(monkeypatch):
    monkeypatch.setattr(probes, "ask_all", lambda: dict(ALL_ANSWER))
    monkeypatch.setattr("pilot.certificate.assessment.running", lambda: HERE)


@pytest.mark.usefixtures("_answers")
def test_it_turns_to_go_once_what_is_red_was_waived_by_two_and_is_issued(page_for, ops, manager, axe):
    stored(ops, without="load")
    desk, second = page_for(ops, DESK), page_for(manager, DESK)
    desk.goto("/pilot/certificate/")
    expect(desk.get_by_role("img", name="判定 NO-GO")).to_be_visible()
    axe(desk)

    desk.get_by_role("link", name="免除 負載").click()
    desk.get_by_label("到", exact=True).fill(f"{timezone.localdate():%Y-%m-%d}")
    desk.get_by_label("為什麼").fill("下週才有第二台主機")
    desk.get_by_role("button", name="提出").click()
    expect(desk.get_by_text("下週才有第二台主機")).to_be_visible()
    assert Waiver.objects.count() == 0

    second.goto("/pilot/approvals/")
    second.get_by_role("button", name="同意", exact=True).click()
    expect(second.get_by_role("button", name="同意", exact=True)).to_have_count(0)
    desk.goto("/pilot/certificate/")
    expect(desk.get_by_role("img", name="判定 GO")).to_be_visible()
    expect(desk.get_by_text("免除：一整天的人同時來。下週才有第二台主機")).to_be_visible()

    desk.get_by_role("button", name="發這張認證書").click()
    expect(desk).to_have_url(re.compile(r"/pilot/certificate/\d{7}-01/$"))
    expect(desk.get_by_text(re.compile(r"試認字第 \d{7}-01 號"))).to_be_visible()
    assert Certificate.objects.get().verdict == "GO"
    axe(desk)


def test_a_fresh_install_is_printed_on_one_page_and_its_requirements_on_a_second(page_for, ops):
    desk = page_for(ops, DESK)
    desk.goto("/pilot/certificate/")

    pages = PdfReader(io.BytesIO(desk.pdf(prefer_css_page_size=True))).pages

    texts = [page.extract_text() for page in pages]
    assert len(texts) == 2
    assert "NO-GO" in texts[0]
    assert "下次審查" in texts[0]
    assert "最低要求" in texts[1]
    assert "發這張認證書" not in "".join(texts)
