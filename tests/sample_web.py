"""The web application of a sample: Lucky Gas on the last Tuesday afternoon."""

import time_machine

from tests.sample import tuesday

time_machine.travel(tuesday(), tick=True).start()

from luckygas.wsgi import application  # noqa: E402

__all__ = ["application"]
