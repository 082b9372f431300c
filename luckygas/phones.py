"""Taiwan's phone numbers: as people type them, and in E.164."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

from luckygas.errors import Refused
from luckygas.said import Said as _

EXTENSION = re.compile(r"(?:#|轉|分機|ext\.?)\s*(\d{1,6})\s*$", re.IGNORECASE)
# Area code and digits after it (Ministry of Digital Affairs' numbering plan; domain page "Phones"). The longest first.
LANDLINES = (
    ("089", (6,)), ("082", (6,)), ("037", (6,)), ("049", (7,)), ("0836", (5,)), ("0826", (5,)),
    ("02", (8,)), ("04", (7, 8)), ("03", (7,)), ("05", (7,)), ("06", (7,)), ("07", (7,)), ("08", (7,)),
)  # fmt: skip
HOME_AREA = "089"
TAIWAN = 886


@dataclass(frozen=True)
class Phone:
    """One number. `e164` is what is stored and dialled, `extension` may be empty, `raw` is what was typed."""

    e164: str
    extension: str
    raw: str

    @property
    def is_mobile(self) -> bool:
        return self.e164.startswith("+8869")

    @property
    def digits(self) -> str:
        """As people in Taiwan say it: `0900000123`."""
        return national(self.e164)


def narrow(text: str) -> str:
    """Full-width digits, letters and spaces as half-width ones."""
    return unicodedata.normalize("NFKC", text).strip()


def digits_of(text: str) -> str:
    """Only the digits that were typed, half-width: what a search by phone compares."""
    return re.sub(r"\D", "", narrow(text))


def national(e164: str) -> str:
    return "0" + e164.removeprefix("+886") if e164.startswith("+886") else e164


def parse(raw: str) -> Phone:
    """Read a number as it was typed: spaces, dashes, full width, +886, with or without area code.

    Raises Refused when it is no number that Taiwan's plan knows.
    """
    text = narrow(raw)
    extension = ""
    if found := EXTENSION.search(text):
        extension, text = found[1], text[: found.start()]
    digits = re.sub(r"\D", "", text)
    if digits.startswith("886") and len(digits) > 9:
        digits = "0" + digits[3:].removeprefix("0")
    if len(digits) == 6 and digits[0] != "0":
        digits = HOME_AREA + digits  # in Taitung nobody says the area code
    if not is_known(digits):
        raise Refused(
            _("This is not a phone number we can reach: mobile 09 and 8 digits, Taitung 089 and 6 digits."),
            field="phone",
            code="bad_phone",
        )
    return Phone(e164="+886" + digits[1:], extension=extension, raw=raw.strip())


def is_known(digits: str) -> bool:
    if re.fullmatch(r"09\d{8}", digits):
        return True
    for area, lengths in LANDLINES:
        if digits.startswith(area):
            return len(digits) - len(area) in lengths
    return False


def spoken(e164: str) -> str:
    """`0900-000-123`, `089-000-210`: the way it is written on a slip; foreign ones with their country's code."""
    try:
        number = phonenumbers.parse(e164, "TW")
    except phonenumbers.NumberParseException:
        return e164
    if number.country_code != TAIWAN:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL).replace(" ", "-")
