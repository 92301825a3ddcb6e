"""Pebble's ProcessPool: schedule, then result."""

import sys
from importlib.metadata import version

from driver import absent, serve
from tasks import nothing

try:
    from pebble import ProcessPool
except ImportError as error:
    absent(error)


def main(workers):
    with ProcessPool(max_workers=workers) as pool:

        def run_all(count):
            futures = [pool.schedule(nothing, args=[n]) for n in range(count)]
            return sum(future.result() for future in futures)

        serve(f"Pebble {version('pebble')}", run_all=run_all)


if __name__ == "__main__":
    main(int(sys.argv[1]))
