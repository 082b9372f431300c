"""Reading JUnit XML: what counts, and what is no report at all."""

from __future__ import annotations

import datetime as dt

import pytest

from luckygas.errors import Refused
from pilot.certificate import junit
from pilot.certificate.suites import SUITES

HEAD = '<?xml version="1.0"?><testsuites><testsuite name="pytest" time="61.5" timestamp="2026-11-23T05:00:00+00:00">'
TAIL = "</testsuite></testsuites>"


def case(file: str, name: str, inside: str = "") -> str:
    return f'<testcase classname="{file}" name="{name}" time="1">{inside}</testcase>'


@pytest.fixture
def read(tmp_path):
    def read(*cases: str, suite: str = "browser", text: str = ""):
        path = tmp_path / "junit.xml"
        path.write_text(text or HEAD + "".join(cases) + TAIL)
        return junit.read(path, SUITES[suite].part_of)

    return read


LOGIN, SEARCH = "tests.browser.test_driver_login", "tests.browser.test_order_search"


def test_parts_are_counted_and_other_suites_left_out(read):
    results = read(
        case(LOGIN, "test_a"),
        case(LOGIN, "test_b", '<failure message="x">y</failure>'),
        case(SEARCH, "test_c"),
        case("tests.browser.test_order_search_more", "test_d"),
        case("tests.security.test_permissions", "test_e"),
    )

    assert results.counts == {"passed": 2, "failed": 1, "skipped": 0, "errors": 0}
    assert results.parts["driver_login"] == {"passed": 1, "failed": 1, "skipped": 0, "errors": 0, "scenarios": 1}
    assert results.parts["order_search"]["scenarios"] == 1
    assert results.failures == [f"{LOGIN}::test_b"]
    assert (results.started_at, results.seconds) == (dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC), 61.5)


@pytest.mark.parametrize(
    "inside, ended",
    [
        ("", "passed"),
        ("<skipped/>", "skipped"),
        ('<skipped type="pytest.xfail" message=""/>', "skipped"),
        ("<failure/>", "failed"),
        ("<error/>", "errors"),
        ("<failure/><error/>", "errors"),
        ("<system-out>all well</system-out>", "passed"),
    ],
)
def test_only_what_says_nothing_bad_has_passed(read, inside, ended):
    results = read(case(LOGIN, "test_a", inside))

    assert {name for name, count in results.counts.items() if count} == {ended}
    assert results.parts["driver_login"]["scenarios"] == (1 if ended == "passed" else 0)


def test_a_scenario_is_a_function_with_all_its_parameters(read):
    results = read(
        case(LOGIN, "test_a[x]"),
        case(LOGIN, "test_a[y]"),
        case(LOGIN, "test_b[x]"),
        case(LOGIN, "test_b[y]", "<failure/>"),
        case(f"{LOGIN}.TestPhone", "test_a[x]"),
    )

    assert results.parts["driver_login"] == {"passed": 4, "failed": 1, "skipped": 0, "errors": 0, "scenarios": 2}


def test_a_file_that_could_not_be_loaded_is_an_error_of_its_part(read):
    results = read(case("", LOGIN, '<error message="collection failure"/>'))

    assert results.parts["driver_login"]["errors"] == 1


def test_a_folder_holds_all_its_files(read):
    results = read(
        case("tests.security.test_new", "test_a"), case("tests.security.deep.test_x", "test_b"), suite="security"
    )

    assert results.passed == 2


def test_everything_holds_everything(read):
    assert read(case(LOGIN, "test_a"), case("tests.test_rules", "test_b"), suite="tests").passed == 2


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<testsuites><testsuite timestamp="2026-11-23T05:00:00"><testcase classname="&b;" name="x"/></testsuite></testsuites>"""
FILE = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<testsuites><testsuite timestamp="2026-11-23T05:00:00"><testcase classname="&a;" name="x"/></testsuite></testsuites>"""


@pytest.mark.parametrize("text", [BOMB, FILE, "<testsuites>", "no xml", "<html/>", "\x00"], ids=range(6))
def test_what_is_no_report_is_refused(read, text):
    with pytest.raises(Refused) as refused:
        read(text=text)

    assert refused.value.code == "not_junit"


def test_a_report_says_when_it_was_made(read):
    with pytest.raises(Refused) as refused:
        read(text="<testsuite><testcase/></testsuite>")

    assert refused.value.code == "no_time"


def test_a_time_without_a_zone_is_utc(read):
    results = read(text='<testsuite timestamp="2026-11-23T05:00:00" time="1"/>')

    assert results.started_at == dt.datetime(2026, 11, 23, 5, tzinfo=dt.UTC)
