"""One run of the generator as a process of its own, at a given moment: `python -m tests.proofs.generate 2026-…`."""

import datetime as dt
import os
import sys

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "luckygas.settings")
    django.setup()
    from orders.standing.generator import run

    run(dt.datetime.fromisoformat(sys.argv[1]))


if __name__ == "__main__":
    main()
