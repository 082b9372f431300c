"""Everybody who works in the shop at once: eight customers, three dispatchers, four drivers of fifteen people."""

from loadtests.customer import Customer
from loadtests.dispatcher import Dispatcher
from loadtests.driver import Driver

__all__ = ["Customer", "Dispatcher", "Driver"]
