"""multiprocessing.Pool.imap with chunks of 100, "a large value for a very long iterable"."""

import multiprocessing
import platform
import sys

from driver import serve
from tasks import nothing


def main(workers):
    with multiprocessing.Pool(workers) as pool:

        def imap(count):
            return sum(pool.imap(nothing, range(count), chunksize=100))

        serve(f"CPython {platform.python_version()}", imap=imap)


if __name__ == "__main__":
    main(int(sys.argv[1]))
