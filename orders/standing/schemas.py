"""What machines send and are answered about standing orders and templates."""

import datetime as dt
import uuid

from ninja import Field, Schema
from pydantic import ConfigDict

from orders.standing.rhythm import Rhythm

MOST_ON_A_PAGE = 100


# --- what is sent -----------------------------------------------------------------------------------------------------
class Sent(Schema):
    """A body; a field that does not exist is a mistake and never overlooked."""

    model_config = ConfigDict(extra="forbid")


class Line(Sent):
    product: str = Field(max_length=12, description="the product's code, such as 20")
    quantity: int


class Facts(Sent):
    """What is agreed. In a change every field may be left out."""

    name: str = Field("", max_length=40)
    rhythm: str = Field("none", description=", ".join(Rhythm.values))
    weekdays: list[int] = Field([], description="1 Monday … 7 Sunday")
    every_days: int | None = None
    month_day: int | None = Field(None, description="31 is the last day of a shorter month")
    dates: list[dt.date] = []
    items: list[Line] = []
    if_closed: str = Field("next", description="next: moved to the next possible day; skip: left out")
    starts_on: dt.date | None = Field(None, description="tomorrow when left out")
    ends_on: dt.date | None = None
    note: str = Field("", max_length=200)


class NewTemplate(Facts):
    operation_id: uuid.UUID
    customer: int = Field(description="the customer's number")
    site: int | None = Field(None, description="may be left out when the customer has one address")


class Reason(Sent):
    reason: str = Field("", max_length=200)


class NewOrder(Sent):
    operation_id: uuid.UUID
    is_gas_out: bool = Field(description="asked, never assumed")
    day: dt.date | None = Field(None, description="as soon as a truck can when left out")
    note: str = Field("", max_length=200)


class Filter(Schema):
    text: str = Field("", max_length=60)
    customer: int | None = None
    area: str = ""
    rhythm: str = ""
    state: str = Field("", description="active, paused, over; left out: whatever is not stopped")
    page: int = Field(1, ge=1)
    page_size: int = Field(50, ge=1, le=MOST_ON_A_PAGE)


# --- what is answered -------------------------------------------------------------------------------------------------
class Brought(Schema):
    product: str
    name: str
    quantity: int


class Day(Schema):
    on: dt.date
    day: dt.date | None
    state: str
    reason: str
    order: str | None


class Template(Schema):
    id: int
    customer: int
    customer_name: str
    site: int
    address: str
    name: str
    rhythm: str
    rhythm_words: str
    weekdays: list[int]
    every_days: int | None
    month_day: int | None
    dates: list[dt.date]
    items: list[Brought]
    if_closed: str
    note: str
    merged_note: str
    starts_on: dt.date
    ends_on: dt.date | None
    is_active: bool
    is_paused: bool
    paused_until: dt.date | None
    use_count: int
    next_on: dt.date | None


class WholeTemplate(Template):
    next_days: list[Day]


class Page(Schema):
    items: list[Template]
    count: int
    page: int
    pages: int


class MadeOrder(Schema):
    number: str
    template: int
    state: str
    channel: str
    promised_on: dt.date
    promised_from: dt.datetime
    promised_to: dt.datetime
    total_twd: int
    note: str
