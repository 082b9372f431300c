"""What breaks while people order: processes are killed and frozen by their id, one thing after the other."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.proofs.instance import BEAT, WEB, WORKER, Instance

WEB_HEALS_SECONDS = 8  # a killed web worker is back: granian's respawn and Django's start


@dataclass(frozen=True)
class Episode:
    """One fault: its kind, from when to when it was caused, on the monotonic clock."""

    kind: str
    began: float
    ended: float


class Faults:
    """A thread that breaks one thing after the other; each kind once in random order, then by weight."""

    def __init__(
        self,
        instance: Instance,
        *,
        seed: int,
        kinds: dict[str, int],
        pause: tuple[float, float],
        freeze: tuple[float, float] = (2, 3),
    ) -> None:
        """`kinds` gives the weights; `pause` the shortest and longest rest between faults, `freeze` theirs, in s."""
        self.instance, self.kinds, self.pause, self.freeze = instance, kinds, pause, freeze
        self.episodes: list[Episode] = []
        self.missed: Counter[str] = Counter()
        self.error: Exception | None = None
        self._dice = random.Random(seed)
        self._stopping = threading.Event()
        self._web_hurt_at = 0.0
        self._thread = threading.Thread(target=self._run, name="faults", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End after the fault that runs; everything is left running or restarting."""
        self._stopping.set()
        self._thread.join()
        if self.error:
            raise self.error

    @property
    def has_seen_all(self) -> bool:
        return set(self.kinds) <= {episode.kind for episode in self.episodes}

    def counted(self) -> Counter[str]:
        return Counter(episode.kind for episode in self.episodes)

    def _run(self) -> None:
        todo = self._dice.sample(list(self.kinds), k=len(self.kinds))
        try:
            while not self._stopping.wait(self._dice.uniform(*self.pause)):
                kind = todo.pop() if todo else self._dice.choices(list(self.kinds), list(self.kinds.values()))[0]
                began = time.monotonic()
                cause: Callable[[], bool] = getattr(self, kind)
                if cause():
                    self.episodes.append(Episode(kind, began, time.monotonic()))
                else:
                    self.missed[kind] += 1
                    todo += [] if kind in self.counted() else [kind]  # it has to be seen once
                    todo = todo[-1:] + todo[:-1]
        except Exception as error:
            self.error = error

    # --- kinds: each answers whether it could be caused -------------------------------------------------------------
    def kill_web_worker(self) -> bool:
        """One of the two: granian starts another. Twice within six seconds would be its own "crash loop"."""
        workers = self.instance.web_workers()
        if len(workers) < 2 or time.monotonic() - self._web_hurt_at < WEB_HEALS_SECONDS:
            return False
        self._web_hurt_at = time.monotonic()
        return kill(self._dice.choice(workers))

    def kill_web(self) -> bool:
        """All of it at once: the supervisor starts it again."""
        web = self.instance.child(WEB)
        if web is None or time.monotonic() - self._web_hurt_at < WEB_HEALS_SECONDS:
            return False
        self._web_hurt_at = time.monotonic()
        for worker in self.instance.web_workers():
            kill(worker)
        return kill(web)

    def kill_worker(self) -> bool:
        """The Celery worker with the processes that run its tasks."""
        worker = self.instance.child(WORKER)
        if worker is None:
            return False
        tasks = self.instance.task_processes()
        is_killed = kill(worker)
        for pid in tasks:
            kill(pid)
        return is_killed

    def kill_task_process(self) -> bool:
        """One process in the middle of its tasks; the worker starts another."""
        tasks = self.instance.task_processes()
        return bool(tasks) and kill(self._dice.choice(tasks))

    def kill_beat(self) -> bool:
        beat = self.instance.child(BEAT)
        return beat is not None and kill(beat)

    def kill_valkey(self) -> bool:
        """It comes back with what its append-only file held."""
        self.instance.valkey.kill()
        self._stopping.wait(self._dice.uniform(0, 2))
        self.instance.valkey.start()
        return True

    def lose_valkey(self) -> bool:
        """It comes back empty: every ring that waited is gone."""
        self.instance.valkey.kill()
        self.instance.valkey.lose_everything()
        self._stopping.wait(self._dice.uniform(0.5, 3))
        self.instance.valkey.start()
        return True

    def freeze_valkey(self) -> bool:
        """It takes connections and says nothing, which is worse than dead. Web stays whole, so that it can be timed."""
        while time.monotonic() - self._web_hurt_at < WEB_HEALS_SECONDS:
            if self._stopping.wait(0.2):
                return False
        return self._freeze()

    def freeze_valkey_and_kill(self) -> bool:
        """Frozen, and a web worker and the Celery worker die meanwhile."""
        return self._freeze(self.kill_web_worker, self.kill_worker)

    def _freeze(self, *meanwhile: Callable[[], bool]) -> bool:
        self.instance.valkey.freeze()
        try:
            for cause in meanwhile:
                self._stopping.wait(0.5)
                cause()
            self._stopping.wait(self._dice.uniform(*self.freeze))
        finally:
            self.instance.valkey.thaw()
        return True


def kill(pid: int) -> bool:
    """SIGKILL to one process; False when it was gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False
