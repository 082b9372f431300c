"""make load: everybody of a working day against a shop of their own, and a report of how long pages took.

    python -m loadtests.run [--users 15 --seconds 60]

Makes a database beside the one of DATABASE_URL, loads the sample town into it, serves it on a free loopback port with
the processes of production, sends locust's people at it and stops everything. Nothing outside this machine is asked.
The report goes to reports/load.md: requests, errors, and the 50th, 95th and 99th percentile of each page.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import http.client
import os
import platform
import subprocess
import sys

import psycopg

from tests.processes import ROOT
from tests.proofs.instance import Instance, create_database, drop_database, url_of

DATABASE = "load"
PASSWORD = "load-only-password"
WARM = 40
P95_MS, P99_MS = 200, 500  # domain page, "Targets"


def prepare(accounts: int) -> dict[str, str]:
    """A fresh town of today, and accounts of each role with one password. Returns who may sign in."""
    create_database(DATABASE)
    environment = os.environ | {"DATABASE_URL": url_of(DATABASE), "DEMO": "1"}
    for command in (["migrate", "-v0"], ["createcachetable", "-v0"], ["seed"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    said = subprocess.run(
        [sys.executable, "-m", "loadtests.accounts", str(accounts)],
        cwd=ROOT,
        env=environment | {"LOAD_PASSWORD": PASSWORD},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split("=", 1) for line in said.stdout.split() if "=" in line)


def warm_up(port: int) -> None:
    """Open a page often enough that each web worker has loaded its code: nobody measures the first morning minute."""
    for _ in range(WARM):
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        link.request("GET", "/login/")
        link.getresponse().read()
        link.close()


def send_everybody(port: int, users: int, seconds: int, accounts: dict[str, str]) -> list[dict[str, str]]:
    """Run locust to its end; its figures by page."""
    figures = ROOT / "reports" / "load"
    figures.parent.mkdir(exist_ok=True)
    subprocess.run(
        [
            sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--headless", "--only-summary",
            "--host", f"http://127.0.0.1:{port}", "--users", str(users), "--spawn-rate", "1", "--reset-stats",
            "--run-time", f"{seconds + users}s", "--stop-timeout", "10", "--csv", str(figures), "--loglevel", "WARNING",
        ],
        cwd=ROOT,
        env=os.environ | accounts | {"LOAD_PASSWORD": PASSWORD, "PYTHONPATH": str(ROOT)},
        check=False,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with figures.with_name("load_stats.csv").open() as file:
        return list(csv.DictReader(file))


def revision() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"


def report(rows: list[dict[str, str]], *, users: int, seconds: int) -> bool:
    """Write reports/load.md; whether nothing failed and the targets hold over all pages."""
    total = next(row for row in rows if row["Name"] == "Aggregated")
    is_green = total["Failure Count"] == "0" and float(total["95%"] or 0) < P95_MS and float(total["99%"] or 0) < P99_MS
    verdict = "green" if is_green else "RED"
    now = dt.datetime.now(dt.UTC).astimezone()
    lines = [
        f"# load: {verdict}",
        "",
        f"{now:%Y-%m-%d %H:%M}, revision {revision()}, {users} people for {seconds} s, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}. "
        f"Wanted over all pages: 95 % under {P95_MS} ms, 99 % under {P99_MS} ms, no error.",
        "",
        "| page | requests | errors | 50 % ms | 95 % ms | 99 % ms | longest ms |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['Type']} {row['Name']} | {row['Request Count']} | {row['Failure Count']} | {row['50%']} "
        f"| {row['95%']} | {row['99%']} | {float(row['Max Response Time']):.0f} |"
        for row in rows
    ]
    text = "\n".join(lines) + "\n"
    (ROOT / "reports" / "load.md").write_text(text)
    sys.stdout.write(text)
    return is_green


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m loadtests.run")
    parser.add_argument("--users", type=int, default=15)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    try:
        accounts = prepare(asked.users)
        with Instance("load", DATABASE) as shop:
            shop.wait_until_whole()
            warm_up(shop.port)
            rows = send_everybody(shop.port, asked.users, asked.seconds, accounts)
        return 0 if report(rows, users=asked.users, seconds=asked.seconds) else 1
    finally:
        try:
            drop_database(DATABASE)
        except psycopg.Error as error:
            sys.stderr.write(f"The database {DATABASE} stays: {error}\n")


if __name__ == "__main__":
    sys.exit(main())
