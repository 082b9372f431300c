"""PostgreSQL and Valkey from wheels, for the demo and the tests only.

Production sets DATABASE_URL and REDIS_URL and never comes here. This package imports no Django,
because it must run before any setting can be read.

Both servers listen on Unix sockets alone, so no port is taken and no other user of the machine
can connect. The addresses follow from the checkout's path and the name, so that any process can
know them without asking: settings may call `database_url("demo")` whether or not it runs yet.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote

CHECKOUT = Path(__file__).resolve().parents[2]


def is_throwaway(name: str) -> bool:
    """Tests begin with an empty, fast cluster and leave nothing; everything else is durable."""
    return name == "test" or name.startswith("test-")


def run_dir(name: str) -> Path:
    """The folder in the checkout that belongs to one set of servers."""
    return CHECKOUT / ".run" / name


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def socket_dir(name: str) -> Path:
    """A folder for sockets, short because a socket's path may have 107 bytes at most.

    /tmp comes first, so that processes with different TMPDIRs agree.
    """
    base = Path("/tmp")
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    return base / f"luckygas-{os.geteuid()}-{fingerprint(str(CHECKOUT), name)}"


def database_url(name: str = "demo") -> str:
    """For dj-database-url and psycopg. The port only names the socket file."""
    return f"postgresql://luckygas@{quote(str(socket_dir(name)), safe='')}:5432/luckygas"


def redis_url(name: str = "demo") -> str:
    """For redis-py. Celery writes the same path behind `redis+socket://`, which settings do."""
    return f"unix://{quote(str(socket_dir(name)))}/redis.sock"
