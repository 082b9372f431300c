"""Let the phone ring: `manage.py call 0900000123` says it as the exchange does, signed, to a server that runs."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from typing import Any
from urllib.error import HTTPError, URLError

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser
from django.urls import reverse
from django.utils import timezone

from orders.desk.ringing import SIGNATURE, TIME, sign


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", help="who calls; an empty text when it is withheld")
        parser.add_argument("--to", default=settings.PUBLIC_URL, help="the server (default: %(default)s)")
        parser.add_argument("--call-id", default="", help="the exchange's id of the call; the same again is one call")

    def handle(self, *args: Any, number: str, to: str, call_id: str, **options: Any) -> None:
        if not settings.INCOMING_CALL_SECRET:
            raise CommandError("INCOMING_CALL_SECRET is empty: no call is taken.")
        if not to.startswith(("http://", "https://")):
            raise CommandError("--to is an address that begins with http.")
        said = {"call_id": call_id or uuid.uuid4().hex, "number": number, "time": timezone.now().isoformat()}
        body, now = json.dumps(said).encode(), str(int(time.time()))
        headers = {TIME: now, SIGNATURE: sign(settings.INCOMING_CALL_SECRET, now, body)}
        headers["Content-Type"] = "application/json"
        request = urllib.request.Request(to.rstrip("/") + reverse("orders:incoming"), body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
                self.stdout.write(response.read().decode())
        except HTTPError as refused:
            raise CommandError(f"{refused.code}: {refused.read().decode()[:200]}") from None
        except URLError as nobody:
            raise CommandError(f"Nobody answers at {to}: {nobody.reason}") from None
