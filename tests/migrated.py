"""A database with every table, made once for all who need a fresh one: copying it takes a moment, migrating seconds.

python -m tests.migrated    migrates the database of DATABASE_URL
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import psycopg

from tests.processes import ROOT
from tests.proofs.instance import create_database, drop_database, url_of

PREFIX = "luckygas_migrated_"
LOCK = 7_150_121  # any number that nobody else locks


def migrated() -> str:
    """The name of that database on the server of DATABASE_URL; the first who asks makes it, the others wait."""
    name = PREFIX + fingerprint()
    with psycopg.connect(url_of("postgres"), autocommit=True, connect_timeout=5) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK])  # until this connection ends
        names = {row[0] for row in link.execute("SELECT datname FROM pg_database").fetchall()}
        if name not in names:
            for old in names:
                if old.startswith(PREFIX):
                    drop_database(old)
            make(name)
    return name


def fingerprint() -> str:
    """Of all that migrating reads: our migrations, and the versions of the others'."""
    read = [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements-dev.txt"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in read)).hexdigest()[:12]


def make(name: str) -> None:
    """Under another name until it is whole: who is killed in between leaves nothing that looks finished."""
    unfinished = f"{PREFIX}unfinished"
    create_database(unfinished)
    environment = os.environ | {"DATABASE_URL": url_of(unfinished)}
    subprocess.run([sys.executable, "-m", "tests.migrated"], cwd=ROOT, env=environment, check=True)
    with psycopg.connect(url_of("postgres"), autocommit=True, connect_timeout=5) as link:
        link.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


if __name__ == "__main__":
    os.environ |= {"DJANGO_SETTINGS_MODULE": "luckygas.settings", "DEMO": "1"}

    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
