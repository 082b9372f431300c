"""Requests counted while they are answered, by minute and cohort, and written down off their way.

A request costs a look into two dictionaries and a lock that is held for a few additions. A thread of each web process
adds what came together to the rows every few seconds, and once more when the process is told to stop; a process that
is killed loses those seconds. Rows that cannot be written stay here and are tried again.
"""

from __future__ import annotations

import atexit
import datetime as dt
import logging
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

from pilot.models.minute import BOUNDS_MS, BUCKETS

logger = logging.getLogger(__name__)
MEMBERS_SECONDS = 30  # how old the knowledge of who is in which cohort may get
UNMEASURED = ("/health/", "/metrics", "/static/", "/media/")
Key = tuple[int, int]  # the minute since 1970, and the cohort; 0 for none

UPSERT = """
    INSERT INTO pilot_minute (cohort_id, minute, requests, errors, latency)
    VALUES {rows}
    ON CONFLICT (cohort_id, minute) DO UPDATE SET
        requests = pilot_minute.requests + EXCLUDED.requests,
        errors = pilot_minute.errors + EXCLUDED.errors,
        latency = ARRAY(SELECT a + b FROM unnest(pilot_minute.latency, EXCLUDED.latency) AS pair (a, b))
"""
MEMBERS = """
    SELECT i.cohort_id, c.number, m.user_id
    FROM pilot_cohortmember i
    JOIN pilot_cohort k ON k.id = i.cohort_id AND k.state = 'running'
    JOIN customers_customer c ON c.id = i.customer_id
    LEFT JOIN customers_membership m ON m.customer_id = c.id
    WHERE i.left_at IS NULL
"""


class Tally:
    """What this process answered since it last wrote that down."""

    def __init__(self) -> None:
        self._adding, self._writing = threading.Lock(), threading.Lock()
        self._rows: dict[Key, list[int]] = {}
        self._by_user: dict[int, int] = {}
        self._by_number: dict[int, int] = {}
        self._known_at = float("-inf")
        self._at_work_in = 0  # the process whose thread runs: a fork has none yet
        self._stop = threading.Event()

    # --- on the way of a request -----------------------------------------------------------------------------------
    def note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        """Count one answer. A pause's 503 is what was asked for, and no error."""
        is_error = response.status_code >= 500 and not getattr(response, "is_paused", False)
        bucket = bisect_left(BOUNDS_MS, seconds * 1000)
        key = (int(time.time() // 60), self._cohort_of(request))
        with self._adding:
            row = self._rows.get(key)
            if row is None:
                row = self._rows[key] = [0] * (2 + BUCKETS)
            row[0] += 1
            row[1] += is_error
            row[2 + bucket] += 1
        if self._at_work_in != os.getpid() and settings.TALLY_SECONDS:
            self._start()

    def _cohort_of(self, request: HttpRequest) -> int:
        """Of who is signed in; else of the customer whose number the address names, as the desk's pages do."""
        user = getattr(request, "_cached_user", None)  # nobody is looked up for being counted
        if user is not None and user.pk in self._by_user:
            return self._by_user[user.pk]
        number = request.resolver_match.kwargs.get("number") if request.resolver_match else None
        return self._by_number.get(number, 0) if isinstance(number, int) else 0

    # --- beside it -------------------------------------------------------------------------------------------------
    def _start(self) -> None:
        with self._adding:
            if self._at_work_in == os.getpid():
                return
            self._at_work_in = os.getpid()
            self._writing, self._stop = threading.Lock(), threading.Event()
        threading.Thread(target=self._work, name="tally", daemon=True).start()
        atexit.register(self.stop)

    def _work(self) -> None:
        while True:
            self._try(self.know_members)
            if self._stop.wait(settings.TALLY_SECONDS):
                return
            self._try(self.write)
            self._try(connection.close)  # connections are few: none is held between two writings

    @staticmethod
    def _try(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # whatever the trouble, the thread goes on, and what was counted stays
            logger.warning("tally_unwritten %s", type(error).__name__)

    def stop(self) -> None:
        """The process ends: write what is left."""
        self._stop.set()
        self._try(self.write)
        self._try(connection.close)

    def write(self) -> None:
        """Add everything counted so far to its rows, in one statement; all of it stays here when that fails."""
        with self._writing:
            with self._adding:
                taken, self._rows = self._rows, {}
            if not taken:
                return
            try:
                self._upsert(taken)
            except BaseException:
                self._put_back(taken)
                raise

    @staticmethod
    def _upsert(rows: dict[Key, list[int]]) -> None:
        values: list[Any] = []
        for (minute, cohort), (requests, errors, *latency) in sorted(rows.items()):  # in one order: nobody deadlocks
            at = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
            values += [cohort or None, at, requests, errors, latency]
        with connection.cursor() as cursor:
            cursor.execute(UPSERT.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(rows))), values)

    def _put_back(self, taken: dict[Key, list[int]]) -> None:
        with self._adding:
            for key, row in taken.items():
                since = self._rows.get(key)
                self._rows[key] = [a + b for a, b in zip(row, since, strict=True)] if since else row

    def know_members(self) -> None:
        """Read who is in which running cohort, once in a while."""
        if time.monotonic() - self._known_at < MEMBERS_SECONDS:
            return
        with connection.cursor() as cursor:
            cursor.execute(MEMBERS)
            rows = cursor.fetchall()
        self._by_number = {number: cohort for cohort, number, _user in rows}
        self._by_user = {user: cohort for cohort, _number, user in rows if user}
        self._known_at = time.monotonic()


tally = Tally()


class MeasureMiddleware:
    """Counts each answer with the time it took, from before the session is read until it is ready to be sent."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if not request.path.startswith(UNMEASURED):
            tally.note(request, response, time.perf_counter() - began)
        return response
