"""`manage.py seed`: load the sample town."""

from __future__ import annotations

import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pilot.seed import A_DAY, COMMERCIAL, HOUSEHOLDS, ORDERS_DAYS, Size, is_empty, is_seeded, load

MOST_ORDERS = 1_000_000
WIDTH = 30


class Command(BaseCommand):
    help = "Loads a synthetic town with its orders: the same for the same --seed. Nobody in it is real."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing when there are customers already")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--customers", type=int, help="this many in all, in the usual shares")
        parser.add_argument("--commercial", type=int, default=COMMERCIAL)
        parser.add_argument("--households", type=int, default=HOUSEHOLDS)
        parser.add_argument("--orders-days", type=int, help=f"days of history ({ORDERS_DAYS}, or what --orders needs)")
        parser.add_argument("--orders", type=int, help=f"orders of history, up to {MOST_ORDERS:,}")
        parser.add_argument("--today", type=int, default=A_DAY, help="orders of today")
        parser.add_argument("--quiet", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if is_seeded() or not (is_empty() or settings.DEMO):
            if options["once"]:
                return
            raise CommandError("There are customers already. The sample town is loaded into an empty database only.")
        self.quiet, self.began, self.phase, self.shown = options["quiet"], time.monotonic(), "", 0.0
        counts = load(seed=options["seed"], size=self.size(options), report=self.report)
        self.say(
            f"{counts.get('customers.Customer', 0):,} customers and {counts.get('orders.Order', 0):,} orders "
            f"after {time.monotonic() - self.began:.0f} s."
        )

    def size(self, options: dict[str, Any]) -> Size:
        commercial, households = options["commercial"], options["households"]
        if options["customers"]:
            commercial = max(round(options["customers"] * COMMERCIAL / (COMMERCIAL + HOUSEHOLDS)), 1)
            households = options["customers"] - commercial
        days, orders = options["orders_days"], options["orders"]
        if orders is None:
            days = ORDERS_DAYS if days is None else days
            orders = days * A_DAY
        elif days is None:
            days = max(round(orders / A_DAY), 1)
        if commercial < 1 or households < 2 or min(days, orders, options["today"]) < 0 or orders > MOST_ORDERS:
            raise CommandError(
                f"At least one business, two households, and between 0 and {MOST_ORDERS:,} orders."
            )  # fmt: skip
        return Size(commercial, households, days, orders if days else 0, options["today"])

    def report(self, phase: str, done: int, total: int) -> None:
        """A bar on a terminal; elsewhere one line a phase, and one each tenth of a long one."""
        if self.quiet:
            return
        if sys.stdout.isatty():
            if phase != self.phase and self.phase:
                self.stdout.write("")
            if time.monotonic() - self.shown > 0.1 or phase != self.phase:
                filled = WIDTH * done // total if total else 0
                bar = f"{'█' * filled}{'·' * (WIDTH - filled)} {done:,} / {total:,}" if total else "…"
                self.stdout.write(f"\rSample data: {phase:<10} {bar}", ending="")
                self.stdout.flush()
                self.shown = time.monotonic()
        elif phase != self.phase or (total and done * 10 // total > self.shown):
            self.shown = done * 10 // total if total else 0
            self.say(f"Sample data: {phase} {f'{done:,} of {total:,}' if total else ''}".rstrip())
        self.phase = phase

    def say(self, sentence: str) -> None:
        if not self.quiet:
            self.stdout.write(("\n" if sys.stdout.isatty() else "") + sentence)
