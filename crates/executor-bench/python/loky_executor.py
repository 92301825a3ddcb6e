"""loky's reusable executor: submit, then result."""

import sys

from driver import absent, serve
from tasks import nothing

try:
    import loky
except ImportError as error:
    absent(error)

# Its workers leave after ten idle seconds, which others may take for their turns.
PATIENCE = 600


def main(workers):
    pool = loky.get_reusable_executor(max_workers=workers, timeout=PATIENCE)

    def run_all(count):
        futures = [pool.submit(nothing, n) for n in range(count)]
        return sum(future.result() for future in futures)

    serve(f"loky {loky.__version__}", run_all=run_all)


if __name__ == "__main__":
    main(int(sys.argv[1]))
