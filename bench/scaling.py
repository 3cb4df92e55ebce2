"""Whether what the check of negations calls slow is slow, and the rest is not: the bodies of tests/test_scaling.py over worlds of two sizes.

    python bench/scaling.py

Prints for each body how much longer four times the data take: about four times is linear, about sixteen each row against each. Ends with 1 where a
body that the check lets pass grows more than eight times, or one that it refuses does not (two that end early in this world apart).
"""

import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

import pyoxigraph as ox  # noqa: E402
from test_scaling import FAST, HEAD, SLOW, world  # noqa: E402

EARLY = {"in an alternative", "nested in another"}  # these two end early in this world


def seconds(store: ox.Store, text: str) -> float:
    """The least time of three in which the engine gives every row."""
    found = []
    for _ in range(3):
        begun = time.perf_counter()
        list(store.query(text))
        found.append(time.perf_counter() - begun)
    return min(found)


def main() -> int:
    small, large = world(300), world(1200)
    wrong = 0
    for name, body in (SLOW | FAST).items():
        growth = seconds(large, HEAD + body) / seconds(small, HEAD + body)
        told = "refused" if name in SLOW else "lets pass"
        amiss = growth > 8 if name in FAST else growth <= 8 and name not in EARLY
        wrong += amiss
        print(f"{told:10} {growth:6.1f} times {'WRONG ' if amiss else ''}{name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
