"""Things that happen at the same moment, each in a thread with a connection of its own."""

import threading

from django.db import connection


def at_once(*works):
    """Run each in a thread of its own, all let go at the same moment; their results or what they raised."""
    gate, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        try:
            gate.wait(5)
            outcomes[number] = work()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes
