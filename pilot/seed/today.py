"""A full today: orders in every state, and routes on their way as far as the clock says."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from deliveries.models import Device, DriverEvent, Review, Stop
from luckygas.db import derived_id
from luckygas.said import Said as _
from luckygas.said import Words, kept
from orders.models import Order
from pilot.seed.crew import Crew
from pilot.seed.people import Door
from pilot.seed.slip import Slip
from pilot.seed.waiting import Waiting
from pilot.seed.yard import Trip

ON_ROUTES = 0.84
ON_THE_ROAD = frozenset({0, 1, 2, 3, 4, 5, 8})  # by the crew's index; 6, 7 and 9 are published, 10 and 11 drafts
DRAFTS = frozenset({10, 11})
STOPS_OF_A_DEMO_DRIVER, OPEN_OF_A_DEMO_DRIVER = 17, 10
FAILS = {1: 3, 2: 2, 5: 4}  # crew: which of its visits found nobody
NO_LEAK_CHECK, AFTER_CANCELLING = 3, 5  # the crews whose last visit the office must look at


class Today(Waiting):
    """The day that it is: routes on their way, and what waits."""

    reviews: list[Review]

    def tell(self, left_over: list[Slip]) -> None:
        for slip in left_over:
            self.taken.add(slip.door.site)
            self.book.close(slip)
        self.reviews = []
        trips = self.history.yard.trips()
        self._fill(trips)
        for trip in trips:
            if trip.slips:
                self._drive(trip)
        self.tell_what_waits()
        self.history.flush()
        DriverEvent.objects.bulk_create(review.event for review in self.reviews if review.event)
        Review.objects.bulk_create(self.reviews)

    def _probe(self, door: Door, *, is_gas_out: bool = False) -> Slip:
        """An order on a route; when it was placed and promised follows from when the driver comes by."""
        return Slip(
            pk=0, number="", operation=self.book.new_id(), door=door, channel="", placed_at=self.book.at, placed_by=0,
            day=self.shift.day, priced_on=self.shift.day, opens=self.book.at, closes=self.book.at,
            lines=self.lines(door, self.shift.day),
            is_gas_out=is_gas_out, is_now=False, needs_leak_check=False, pays_by="", token="",
        )  # fmt: skip

    def _fill(self, trips: list[Trip]) -> None:
        """Give the day's orders to the trucks; the two demo drivers get enough of them."""
        day, weekday = self.shift.day, self.shift.day.isoweekday()
        if shop := self.town.demo.get("shop"):
            trips[0].add(0, self._probe(shop))
        for _number in range(round(self.orders * ON_ROUTES)):
            door = self.door(day, self.taken)
            slip = self._probe(door, is_gas_out=self.throw.random() < (0.1 if door.is_business else 0.3))
            trip = self.history.yard.trip_for(slip, trips, weekday, strict=True)
            if trip:
                trip.add(0, slip)
        for trip in trips[:2]:
            for _try in range(400):
                if len(trip.slips) >= min(STOPS_OF_A_DEMO_DRIVER, self.orders):
                    break
                slip = self._probe(self.door(day, set(self.taken)))
                if slip.door.area in trip.crew.beat and slip.door.site not in self.taken and trip.takes(slip):
                    self.taken.add(slip.door.site)
                    trip.add(0, slip)

    # --- the routes ------------------------------------------------------------------------------------------------
    def _drive(self, trip: Trip) -> None:
        """One route, with its stops done as far as the shift is."""
        shift, crew, history = self.shift, trip.crew, self.history
        probes = [slip for _minute, slip in trip.slips]
        self.throw.shuffle(probes)
        done = self._done(trip, probes)
        self._demo_first(probes, done)
        state = "draft" if crew.index in DRAFTS else "departed" if crew.index in ON_THE_ROAD else "published"
        route = history.route_ids.next()
        published, departed = shift.start - 30, shift.start
        full: Counter[int] = Counter()
        for position, probe in enumerate(probes, start=1):
            share = (position - 0.3 * self.throw.random()) / (done + 1) if position <= done else 0
            due = shift.done(share) if share else shift.now + (position - done) * 11 + self.throw.randrange(6)
            slip = self._of_a_route(probe, due, is_done=position <= done)
            for line in slip.lines:
                full[line.ware.pk] += line.ordered
            early = max((slip.placed_at - shift.time(0)).total_seconds() / 60 + 1, published)
            if state != "draft":
                self.book.move(slip, "planned", at=shift.time(early), by=self.dispatcher)
            if state == "departed":
                out = shift.time(max(early, departed))
                self.book.move(slip, "out", at=out, by=crew.user, announces="out")
            self._visit(trip, route, position, slip, due=due, done=done)
        history.routes.add(
            route, crew.code, shift.day, crew.driver, crew.vehicle, crew.colour, state, shift.time(shift.start - 60),
            shift.time(published) if state != "draft" else None, shift.time(departed) if state == "departed" else None,
            None,
        )  # fmt: skip
        if state == "departed":
            spare = Counter({self.wares["20"].pk: 2, self.wares["16"].pk: 1}) if crew.is_truck else Counter()
            self.book.carry(
                full + spare, (self.book.places.depot, "full"), (crew.truck, "full"), cause=("route", route),
                purpose="load", at=shift.time(departed), by=crew.user,
            )  # fmt: skip

    def _done(self, trip: Trip, probes: list[Slip]) -> int:
        """How many visits are over: a third to two thirds; a motorcycle carries only what it has left."""
        crew = trip.crew
        if crew.index not in ON_THE_ROAD:
            return 0
        if not crew.is_truck:
            left, kg = 0, 0.0
            for slip in reversed(probes):
                kg += slip.gross_kg
                if kg > crew.limit_kg:
                    break
                left += 1
            return len(probes) - left
        done = round(len(probes) * self.throw.uniform(0.35, 0.62))
        return min(done, max(len(probes) - OPEN_OF_A_DEMO_DRIVER, 0)) if crew.index < 2 else done

    def _demo_first(self, probes: list[Slip], done: int) -> None:
        """The demo's shop is a few stops ahead, and one of the stops before it has no gas."""
        shop = self.town.demo.get("shop")
        for number, probe in enumerate(probes):
            if probe.door is shop:
                place = min(done + 3, len(probes) - 1)
                probes.insert(place, probes.pop(number))
                probes[min(done + 1, len(probes) - 1)].is_gas_out = True
                break

    def _of_a_route(self, probe: Slip, due: float, *, is_done: bool) -> Slip:
        """The order behind a stop whose driver comes, or came, at `due`."""
        throw, shift = self.throw, self.shift
        early = throw.uniform(5, 35)
        placed = min(due - early - throw.uniform(20, 150), shift.now - 3)
        if not is_done and throw.random() < 0.06:
            promise = shift.window(shift.now - 75, shift.now - 10 - throw.randrange(15))
        else:
            promise = shift.window(due - early, due - early + throw.choice((40, 40, 120)))
        slot = None
        if not is_done and throw.random() < 0.3 and (found := self.slot(probe.door, shift.day, after=due - 60)):
            slot, starts = found
            promise = (shift.time(starts * 60), shift.time(starts * 60 + 120))
        slip = self.slip(
            probe.door, placed=placed, promise=promise, is_gas_out=probe.is_gas_out, slot=slot
        )  # fmt: skip
        slip.lines = probe.lines
        return slip

    def _visit(self, trip: Trip, route: int, position: int, slip: Slip, *, due: float, done: int) -> None:
        """The stop, and what happened there."""
        book, crew, shift = self.book, trip.crew, self.shift
        stop, at = self.history.stop_ids.next(), shift.time(due)
        state, reason, step = "pending", "", ""
        if position == done and crew.index == NO_LEAK_CHECK:
            state, slip.needs_leak_check = "done", True
            self._contest(
                slip,
                stop,
                at,
                crew,
                _("Gas was out, or it is the first supply: check for leaks before you leave."),
            )
        elif position == done and crew.index == AFTER_CANCELLING:
            state = "done"
            book.move(
                slip,
                "cancelled",
                at=shift.time(max(due - 2, shift.start)),
                by=self.dispatcher,
                reason="客人來電取消",
                announces="cancelled",
            )
            why = _("Order %(number)s was %(state)s when it was delivered.")
            self._contest(slip, stop, at, crew, why % {"number": slip.number, "state": Order.State.CANCELLED.label})
        elif position <= done and FAILS.get(crew.index) == position:
            state, reason, step = "failed", "not_home", "call"
            book.move(slip, "confirmed", at=at, by=crew.user, reason=Stop.Reason.NOT_HOME.label, announces="failed")
            slip.needs_day, slip.slot = True, None
        elif position <= done:
            state = "done"
            book.deliver(slip, at=at, by=crew.user, place=crew.truck, announces="delivered", cash_cause=("stop", stop))
        elif position == done + 1 and crew.index in {2, 3, 5}:
            state, at = "arrived", shift.time(shift.now - 2)
        book.close(slip)
        is_over, departed = state in {"done", "failed"}, shift.time(shift.start)
        self.history.stops.add(
            stop, route, position, slip.pk, slip.door.site, state,
            None if state == "pending" else max(at - dt.timedelta(minutes=4 if is_over else 0), departed),
            at if is_over else None, crew.user if is_over else None, reason, step,
        )  # fmt: skip

    def _contest(self, slip: Slip, stop: int, at: dt.datetime, crew: Crew, reason: Words) -> None:
        """Handed over where no move or gate allows it: posted all the same, and the office decides."""
        self.book.deliver(
            slip, at=at, by=crew.user, place=crew.truck, cash_cause=("stop", stop), to="review", reason=reason,
            leak_check="",
        )  # fmt: skip
        event = self._report(slip, stop, at, crew, reason)
        self.reviews.append(
            Review(kind=Review.Kind.EVENT, order_id=slip.pk, stop_id=stop, event=event, reason=reason, opened_at=at)
        )

    def _report(self, slip: Slip, stop: int, at: dt.datetime, crew: Crew, reason: Words) -> DriverEvent:
        """What the phone said: one empty more than went on record, so that both sides have something to compare."""
        items = [
            {"product": line.ware.code, "delivered": line.delivered or 0, "empties": (line.taken or 0) + 1}
            for line in slip.lines
        ]
        device, _made = Device.objects.get_or_create(key=derived_id("seed", crew.user), defaults={"user_id": crew.user})
        return DriverEvent(
            id=derived_id("seed", stop), device=device, seq=device.events.count() + 1, user_id=crew.user, stop_id=stop,
            kind=DriverEvent.Kind.DELIVER, body={"order": slip.number, "items": items, "leak_check": ""},
            body_digest="seed", happened_at=at, state=DriverEvent.State.REVIEW,
            answer={"code": "contested", "sentence": kept(reason)},
        )  # fmt: skip
