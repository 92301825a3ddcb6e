"""concurrent.futures.ProcessPoolExecutor: submit, then result."""

import platform
import sys
from concurrent.futures import ProcessPoolExecutor

from driver import serve
from tasks import nothing


def main(workers):
    with ProcessPoolExecutor(max_workers=workers) as pool:

        def one_by_one(count):
            return sum(pool.submit(nothing, n).result() for n in range(count))

        def run_all(count):
            futures = [pool.submit(nothing, n) for n in range(count)]
            return sum(future.result() for future in futures)

        serve(f"CPython {platform.python_version()}", one_by_one=one_by_one, run_all=run_all)


if __name__ == "__main__":
    main(int(sys.argv[1]))
