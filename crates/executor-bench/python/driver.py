"""Takes orders from standard input, one a line, and answers each with a line of its own.

An order is the name of a piece of work and how many tasks it has; the answer is how many
nanoseconds it took and the sum of the results. The first line says which library answers.
"""

import sys
import time


def serve(library, **works):
    print("ready", library, flush=True)
    for order in sys.stdin:
        name, count = order.split()
        start = time.perf_counter_ns()
        total = works[name](int(count))
        elapsed = time.perf_counter_ns() - start
        print(elapsed, total, flush=True)


def absent(error):
    """Says that the library cannot be imported, which is no failure."""
    print("absent", error, flush=True)
    sys.exit(0)
