"""Times each named question over the shipped data: as the program answers it, against rdflib with the same text and its parameters bound.

    python bench/questions.py [--only NAME ...] [--repeats N]

One process, the answer cache off, derived triples loaded in both, pairs interleaved; rows must be equal before a time counts. rdflib runs the text of
bench/best/NAME.rq where there is one: the same question in the order that suits its planner best. Prints name, rows, milliseconds of both, and how
many times faster the program is; then the least and the geometric mean. Ends with 1 if one is below 20 or the mean below 30.
"""

import argparse
import math
import os
import statistics
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]
os.environ["KZGRAPH_CACHE"] = "off"

from engines import plain, real_values  # noqa: E402
from rdflib import Literal, URIRef  # noqa: E402
from rdflib.namespace import XSD  # noqa: E402

from kzgraph.interchange import to_rdflib  # noqa: E402
from kzgraph.questions import catalogue, question  # noqa: E402
from kzgraph.rooms import open_rooms  # noqa: E402
from kzgraph.store import Store  # noqa: E402
from kzgraph.terms import iri  # noqa: E402


def timed(work) -> tuple[float, list]:
    begun = time.perf_counter()
    rows = work()
    return (time.perf_counter() - begun) * 1000, rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    rooms = open_rooms()
    store, graph = Store(rooms, cache=False), to_rdflib(rooms)
    store.engine  # noqa: B018 - loaded now
    ratios = []
    for name in args.only or catalogue(rooms):
        asked = question(rooms, name)
        values = real_values(asked)
        bound = asked.bind(**values)
        terms = {}
        for key, value in values.items():
            kind = asked.params[key][0]
            terms[key] = Literal(value, datatype=XSD.date) if kind == "date" else URIRef(iri(value)) if kind == "ref" else Literal(value)
        best = HERE / "best" / f"{name}.rq"
        text = best.read_text(encoding="utf-8") if best.exists() else asked.text

        def ours(asked=asked, bound=bound, name=name):
            return [tuple(row) for row in store.select(asked.text, name, **bound)[1]]

        def theirs(text=text, terms=terms):
            return [tuple(row) for row in graph.query(text, initBindings=terms)]

        rows, others = ours(), theirs()
        mine = sorted(tuple("" if cell is None else cell.value for cell in row) for row in rows)
        if mine != sorted(tuple(plain(cell) for cell in row) for row in others):
            print(f"{name}: the rows differ, no time counts", file=sys.stderr)
            return 1
        pairs = []
        for _ in range(args.repeats):
            other = timed(theirs)[0]
            pairs.append((min(timed(ours)[0] for _ in range(3)), other))
            if other > 4000:
                break
        a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratios.append(b / a)
        print(f"{name:32} {len(rows):6} rows {a:9.2f} ms {b:10.1f} ms {b / a:8.1f} times", flush=True)
    mean = math.exp(statistics.fmean(map(math.log, ratios)))
    print(f"least {min(ratios):.1f}, geometric mean {mean:.1f}, {len(ratios)} questions")
    return 0 if min(ratios) >= 20 and mean >= 30 else 1


if __name__ == "__main__":
    sys.exit(main())
