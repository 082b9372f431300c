"""make prove-machine: 300 random days of 40 steps on the real database, all invariants after every step."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ |= {"MACHINE_EXAMPLES": "300", "MACHINE_STEPS": "40"}
    sys.exit(pytest.main(["tests/orders/test_order_machine.py", "--create-db", "-q", "--durations=3"]))
