"""Every address of the site: who may see it, and an example. An address that is not listed here fails a test.

The permission sweep, accessibility, HTML validation and screenshots all read this table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from luckygas.models import CUSTOMER, DISPATCHER, DRIVER, MANAGER, OPS

EVERYBODY = frozenset({"stranger", CUSTOMER, DRIVER, DISPATCHER, MANAGER, OPS})
SIGNED_IN = EVERYBODY - {"stranger"}
OFFICE = frozenset({DISPATCHER, MANAGER})
Example = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """One address. `example` makes its arguments from the world; `theirs` and `unknown` must look the same to a
    customer or driver: 404."""

    name: str
    roles: frozenset[str]
    example: Example = lambda world: {}
    theirs: Example | None = None
    unknown: Example | None = None
    method: str = "get"
    after: tuple[str, dict[str, str]] | None = None  # the form that leads here: another address, and what is typed
    is_page: bool = True  # something a person looks at: screenshots and accessibility visit it


def order(world: Any) -> dict[str, Any]:
    return {"number": world.order.number}


def their_order(world: Any) -> dict[str, Any]:
    return {"number": world.their_order.number}


def no_order(world: Any) -> dict[str, Any]:
    return {"number": "1150101-1"}


def customer(world: Any) -> dict[str, Any]:
    return {"number": world.order.customer.number}


def payment(world: Any) -> dict[str, Any]:
    return {"number": world.payment.customer.number, "pk": world.payment.pk}


def price_change(world: Any) -> dict[str, Any]:
    return {"pk": world.price_change.pk}


def suspension(world: Any) -> dict[str, Any]:
    return {"pk": world.suspension.pk}


def statement(world: Any) -> dict[str, Any]:
    return customer(world) | {"year": 2026, "month": 11}


def their_statement(world: Any) -> dict[str, Any]:
    return {"number": world.their_order.customer.number, "year": 2026, "month": 11}


def no_statement(world: Any) -> dict[str, Any]:
    return {"number": 999_999, "year": 2026, "month": 11}


def brought(world: Any) -> dict[str, Any]:
    return {"pk": world.brought.pk}


def stop(world: Any) -> dict[str, Any]:
    return {"pk": world.stop.pk}


def their_stop(world: Any) -> dict[str, Any]:
    return {"pk": world.their_stop.pk}


def incident(world: Any) -> dict[str, Any]:
    return {"pk": world.incident.pk}


def no_row(world: Any) -> dict[str, Any]:
    return {"pk": 999_999}


def route(world: Any) -> dict[str, Any]:
    return {"pk": world.stop.route_id}


def their_route(world: Any) -> dict[str, Any]:
    return {"pk": world.their_stop.route_id}


def standing(world: Any) -> dict[str, Any]:
    return {"pk": world.standing.pk}


def their_standing(world: Any) -> dict[str, Any]:
    return {"pk": world.their_standing.pk}


def cohort(world: Any) -> dict[str, Any]:
    return {"pk": world.cohort.pk}


def no_member(world: Any) -> dict[str, Any]:
    return {"pk": 999_999, "number": 999_999}


def issued(world: Any) -> dict[str, Any]:
    return {"number": world.certificate.number}


ORDER = {"example": order, "theirs": their_order, "unknown": no_order}
STOP = {"example": stop, "theirs": their_stop, "unknown": no_row}
STANDING = {"example": standing, "theirs": their_standing, "unknown": no_row}
POST = {"method": "post", "is_page": False}
PATCH = {"method": "patch", "is_page": False}
PHONE = {"phone": "0900-000-001"}

PAGES = [
    # everybody
    Page("home", EVERYBODY),
    Page("account_login", EVERYBODY),
    Page("account_logout", EVERYBODY),
    Page("account_inactive", EVERYBODY),
    Page("account_change_password", SIGNED_IN),
    Page("set_language", EVERYBODY, **POST),
    Page("set_calendar", EVERYBODY, **POST),
    Page("manifest", EVERYBODY, is_page=False),
    Page("style", frozenset({OPS})),
    Page("health_ready", EVERYBODY, is_page=False),
    Page("metrics", EVERYBODY, is_page=False),
    Page("staff", frozenset({MANAGER})),
    Page("reset_password", frozenset({MANAGER}), no_row, **POST),
    # customers
    Page("customers:signup", EVERYBODY),
    Page("customers:signup_code", EVERYBODY, after=("customers:signup", PHONE)),
    Page("customers:recover", EVERYBODY),
    Page("customers:recover_code", EVERYBODY, after=("customers:recover", PHONE)),
    Page("customers:outbox", EVERYBODY),
    Page("customers:account", frozenset({CUSTOMER})),
    Page("customers:profile", SIGNED_IN),
    Page("customers:index", OFFICE),
    Page("customers:create", OFFICE),
    Page("customers:doubles", OFFICE),
    Page("customers:export", frozenset({MANAGER})),
    Page("customers:imports", frozenset({MANAGER})),
    Page("customers:blank_form", frozenset({MANAGER}), is_page=False),
    Page("customers:show_import", frozenset({MANAGER}), brought),
    Page("customers:run_import", frozenset({MANAGER}), no_row, **POST),
    Page("customers:discard_import", frozenset({MANAGER}), no_row, **POST),
    Page("customers:want_row", frozenset({MANAGER}), lambda world: no_row(world) | {"line": 2}, **POST),
    Page("customers:detail", OFFICE, customer),
    Page("customers:edit", OFFICE, customer),
    Page("customers:deactivate", OFFICE, customer),
    Page("customers:reactivate", OFFICE, customer, **POST),
    Page("customers:set_limit", frozenset({MANAGER}), customer),
    Page("customers:block", frozenset({MANAGER}), customer),
    Page("customers:unblock", frozenset({MANAGER}), customer),
    Page("customers:add_site", OFFICE, customer),
    Page("customers:edit_site", OFFICE, lambda world: customer(world) | {"pk": world.order.site_id}),
    Page("customers:check_leak", OFFICE, lambda world: customer(world) | {"pk": world.order.site_id}),
    Page("customers:add_contact", OFFICE, customer),
    Page("customers:remove_contact", OFFICE, lambda world: customer(world) | {"pk": 1}, **POST),
    Page("customers:add_membership", OFFICE, customer),
    Page("customers:remove_membership", OFFICE, lambda world: customer(world) | {"pk": 1}, **POST),
    Page("customers:payments", OFFICE, customer),
    Page("customers:pay", OFFICE, customer),
    Page("customers:reverse_payment", OFFICE, payment),
    Page("customers:calls", OFFICE),
    Page("customers:mark_called", OFFICE, no_row, **POST),
    Page("customers:retry_message", OFFICE, no_row, **POST),
    Page("customers:incidents", OFFICE),
    Page("customers:open_incident", OFFICE),
    Page("customers:alarm", OFFICE, is_page=False),
    Page("customers:on_call", frozenset({MANAGER})),
    Page("customers:move_up", frozenset({MANAGER}), no_row, **POST),
    Page("customers:take_off", frozenset({MANAGER}), no_row, **POST),
    Page("customers:incident", OFFICE, incident),
    Page("customers:step_incident", OFFICE, no_row, **POST),
    Page("customers:note_incident", OFFICE, no_row, **POST),
    Page("customers:acknowledge_incident", OFFICE, no_row, **POST),
    Page("customers:take_incident", OFFICE, no_row, **POST),
    Page("customers:close_incident", OFFICE, no_row, **POST),
    # orders
    Page("orders:index", OFFICE | {CUSTOMER}),
    Page("orders:create", frozenset({CUSTOMER})),
    Page("orders:quote", frozenset({CUSTOMER}), is_page=False),
    Page("orders:history", frozenset({CUSTOMER})),
    Page("orders:searches", OFFICE),
    Page("orders:keep_search", OFFICE),
    Page("orders:remove_search", OFFICE, no_row, **POST),
    Page("orders:bulk", OFFICE),
    Page("orders:bulk_outcome", OFFICE, lambda world: {"pk": world.bulk.pk}),
    Page("orders:statistics", OFFICE),
    Page("orders:export_statistics", OFFICE, is_page=False),
    Page("orders:detail", OFFICE | {CUSTOMER}, **ORDER),
    Page("orders:change", OFFICE | {CUSTOMER}, **ORDER),
    Page("orders:cancel", OFFICE | {CUSTOMER}, **ORDER),
    Page("orders:confirm", OFFICE, order, **POST),
    Page("orders:hold", OFFICE, order),
    Page("orders:release", OFFICE, order),
    Page("orders:decline", OFFICE, order),
    Page("orders:credit", OFFICE),
    Page("orders:overdue", OFFICE),
    Page("orders:export_overdue", OFFICE, is_page=False),
    Page("orders:no_limit", OFFICE),
    Page("orders:deputies", frozenset({MANAGER})),
    Page("orders:end_deputy", frozenset({MANAGER}), no_row, **POST),
    Page("orders:reschedule", OFFICE, order),
    Page("orders:deliver", OFFICE, order),
    Page("orders:standing", OFFICE, customer, is_page=False),
    Page("orders:prices", OFFICE),
    Page("orders:enter_prices", frozenset({MANAGER})),
    Page("orders:reprice", OFFICE),
    Page("orders:price_change", OFFICE, price_change),
    Page("orders:withdraw_prices", frozenset({MANAGER}), price_change),
    Page("orders:statements", OFFICE),
    Page("orders:print_statements", OFFICE),
    Page("orders:statement", OFFICE | {CUSTOMER}, statement, their_statement, no_statement),
    Page("orders:readings", OFFICE),
    Page("orders:meter", OFFICE, lambda world: {"pk": world.reading.site_id}),
    Page("orders:correct_reading", OFFICE, lambda world: {"pk": world.reading.pk}),
    Page("orders:standing_of", OFFICE, customer, is_page=False),
    Page("orders:my_standing", frozenset({CUSTOMER})),
    Page("orders:standing_orders", OFFICE),
    Page("orders:create_standing", OFFICE),
    Page("orders:standing_days", OFFICE),
    Page("orders:put_aside", OFFICE, no_row, **POST),
    Page("orders:standing_order", OFFICE, standing),
    Page("orders:edit_standing", OFFICE, standing),
    Page("orders:pause_standing", OFFICE, standing),
    Page("orders:resume_standing", OFFICE, standing, **POST),
    Page("orders:end_standing", OFFICE, standing),
    Page("orders:make_standing", OFFICE, standing),
    Page("orders:calendar", OFFICE),
    Page("orders:days_off", OFFICE),
    Page("orders:remove_day", frozenset({MANAGER}), no_row, **POST),
    Page("orders:import_days", frozenset({MANAGER})),
    Page("orders:area_days", frozenset({MANAGER}), lambda world: {"pk": world.order.site.area_id}),
    Page("orders:suspend", frozenset({MANAGER})),
    Page("orders:suspension", OFFICE, suspension),
    Page("orders:look_again", frozenset({MANAGER}), no_row, **POST),
    Page("orders:confirm_suspension", frozenset({MANAGER}), no_row, **POST),
    Page("orders:undo_suspension", frozenset({MANAGER}), no_row, **POST),
    Page("orders:discard_suspension", frozenset({MANAGER}), no_row, **POST),
    Page("api:api-root", SIGNED_IN, is_page=False),
    Page("api:openapi-json", SIGNED_IN, is_page=False),
    Page("api:templates", OFFICE | {CUSTOMER}, is_page=False),
    Page("api:templates", OFFICE, **POST),
    Page("api:template", OFFICE | {CUSTOMER}, **STANDING, is_page=False),
    Page("api:template", OFFICE, standing, **PATCH),
    Page("api:deactivate_template", OFFICE, standing, **POST),
    Page("api:template_orders", OFFICE, standing, **POST),
    Page("api:templates_of_customer", OFFICE | {CUSTOMER}, customer, is_page=False),
    Page("orders:merge", frozenset({MANAGER}), customer),
    Page("orders:desk_stopped", OFFICE, is_page=False),
    Page("orders:desk", OFFICE),
    Page("orders:find", OFFICE, is_page=False),
    Page("orders:incoming", EVERYBODY, **POST),
    Page("orders:answer", OFFICE, no_row, **POST),
    Page("orders:ringing", OFFICE, is_page=False),
    Page("orders:call", OFFICE, customer),
    Page("orders:take", OFFICE, customer, **POST),
    Page("orders:desk_quote", OFFICE, customer, is_page=False),
    # deliveries
    Page("deliveries:drive", frozenset({DRIVER})),
    Page("deliveries:load", frozenset({DRIVER})),
    Page("deliveries:stop", frozenset({DRIVER}), **STOP),
    Page("deliveries:fail", frozenset({DRIVER}), **STOP),
    Page("deliveries:amend", frozenset({DRIVER}), **STOP),
    Page("deliveries:pay", frozenset({DRIVER}), **STOP),
    Page("deliveries:seen", frozenset({DRIVER}), **POST),
    Page("deliveries:summary", frozenset({DRIVER})),
    Page("deliveries:shift", frozenset({DRIVER})),
    Page("deliveries:check", frozenset({DRIVER})),
    Page("deliveries:cash", frozenset({DRIVER})),
    Page("deliveries:sale", frozenset({DRIVER})),
    Page("deliveries:stock", frozenset({DRIVER})),
    Page("deliveries:reorder", frozenset({DRIVER}), **POST),
    Page("deliveries:take_over", frozenset({DRIVER}), **POST),
    Page("deliveries:sos", frozenset({DRIVER}), **POST),
    Page("deliveries:worker", EVERYBODY, is_page=False),
    Page("deliveries:manifest", EVERYBODY, is_page=False),
    Page("deliveries:over", frozenset({DRIVER})),
    Page("deliveries:away", frozenset({DRIVER})),
    Page("deliveries:positions", frozenset({DRIVER}), **POST),
    Page("deliveries:events", frozenset({DRIVER}), **POST),
    Page("deliveries:proofs", frozenset({DRIVER}), **POST),
    Page("deliveries:proof", OFFICE | {DRIVER}, no_row, is_page=False),
    Page("deliveries:dispatch", OFFICE),
    Page("deliveries:create_route", OFFICE),
    Page("deliveries:route", OFFICE, route),
    Page("deliveries:add_stop", OFFICE, route, **POST),
    Page("deliveries:publish_route", OFFICE, route, **POST),
    Page("deliveries:arrange_route", OFFICE, route, **POST),
    Page("deliveries:close_route", OFFICE, route, **POST),
    Page("deliveries:count_route", OFFICE, route),
    Page("deliveries:add_legacy", OFFICE, route),
    Page("deliveries:pass_on", OFFICE, route),
    Page("deliveries:book_late", OFFICE, no_row, **POST),
    Page("deliveries:sheet", OFFICE, route),
    Page("deliveries:loading", OFFICE | {DRIVER}, route, their_route, no_row),
    Page("deliveries:slips", OFFICE, route),
    Page("deliveries:ask", OFFICE | {CUSTOMER}, **ORDER),
    Page("deliveries:slip", OFFICE | {CUSTOMER}, **ORDER),
    Page("deliveries:receipt", OFFICE | {CUSTOMER}, **ORDER),
    Page("deliveries:move_stop", OFFICE, stop),
    Page("deliveries:phone_in", OFFICE, stop),
    Page("deliveries:remove_stop", OFFICE, stop, **POST),
    Page("deliveries:weigh", OFFICE, stop),
    Page("deliveries:take_back_weighing", OFFICE, no_row, **POST),
    Page("deliveries:variance", OFFICE, lambda world: {"pk": world.variance.pk}),
    Page("deliveries:own_variance", OFFICE, no_row, **POST),
    Page("deliveries:settle_variance", OFFICE, no_row, **POST),
    Page("deliveries:closing", OFFICE),
    Page("deliveries:close_day", OFFICE, **POST),
    Page("deliveries:reopen_day", frozenset({MANAGER}), no_row, **POST),
    Page("deliveries:day_report", OFFICE),
    Page("deliveries:export_day", OFFICE, is_page=False),
    Page("deliveries:settle_order", OFFICE, order),
    Page("deliveries:take_in", OFFICE),
    Page("deliveries:reviews", OFFICE),
    Page("deliveries:review_count", OFFICE, is_page=False),
    Page("deliveries:close_review", OFFICE, no_row, **POST),
    Page("deliveries:monitor", OFFICE | {OPS}),
    Page("deliveries:track", EVERYBODY, lambda world: {"token": world.on_its_way.track_token}),
    # pilot
    Page("pilot:index", frozenset({MANAGER, OPS})),
    Page("pilot:verdict", frozenset({MANAGER, OPS}), is_page=False),
    Page("pilot:flags", frozenset({MANAGER, OPS})),
    Page("pilot:change_flag", frozenset({MANAGER, OPS}), lambda world: {"name": "pilot_web_ordering"}),
    Page("pilot:approvals", frozenset({MANAGER, OPS})),
    Page("pilot:decide", frozenset({MANAGER, OPS}), no_row, **POST),
    Page("pilot:alarms", frozenset({MANAGER, OPS})),
    Page("pilot:customers", frozenset({MANAGER, OPS})),
    Page("pilot:customer", frozenset({MANAGER, OPS}), customer),
    Page("pilot:move", frozenset({MANAGER, OPS}), customer, **POST),
    Page("pilot:move_many", frozenset({MANAGER, OPS})),
    Page("pilot:mass_move", frozenset({MANAGER, OPS}), lambda world: {"pk": world.mass_move.pk}),
    Page("pilot:cohorts", frozenset({MANAGER, OPS})),
    Page("pilot:create_cohort", frozenset({MANAGER, OPS})),
    Page("pilot:cohort", frozenset({MANAGER, OPS}), cohort),
    Page("pilot:start_cohort", frozenset({MANAGER, OPS}), no_row, **POST),
    Page("pilot:close_cohort", frozenset({MANAGER, OPS}), no_row, **POST),
    Page("pilot:add_members", frozenset({MANAGER, OPS}), no_row, **POST),
    Page("pilot:remove_member", frozenset({MANAGER, OPS}), no_member, **POST),
    Page("pilot:pause_enrolment", frozenset({MANAGER, OPS}), **POST),
    Page("pilot:resume_enrolment", frozenset({MANAGER, OPS}), **POST),
    Page("pilot:compare", frozenset({MANAGER, OPS})),
    Page("pilot:pause", frozenset({MANAGER, OPS})),
    Page("pilot:resume", frozenset({MANAGER, OPS})),
    Page("pilot:evidence", frozenset({MANAGER, OPS})),
    Page("pilot:report", frozenset({MANAGER, OPS}), no_row, is_page=False),
    Page("pilot:certificate", frozenset({MANAGER, OPS})),
    Page("pilot:certificate_markdown", frozenset({MANAGER, OPS}), issued, is_page=False),
    Page("pilot:certificate_json", frozenset({MANAGER, OPS}), is_page=False),
    Page("pilot:issue_certificate", frozenset({MANAGER, OPS}), **POST),
    Page("pilot:show_certificate", frozenset({MANAGER, OPS}), issued),
    Page("pilot:set_review", frozenset({OPS})),
    Page("pilot:waive", frozenset({MANAGER, OPS}), lambda world: {"group": "chaos", "name": "network"}),
    Page("pilot:end_waiver", frozenset({OPS}), lambda world: {"pk": world.waiver.pk}),
]
