"""Times `kzgraph gaps` against a bare pyoxigraph script that loads the same files and runs the same rules and query.

    python bench/gaps.py [PAIRS]

Whole processes, interleaved, after one warm-up each; prints the median of both in milliseconds and their ratio.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
BARE = """
import glob, sys
import pyoxigraph as ox
store = ox.Store()
for path in sorted(glob.glob("ontology/*.ttl") + glob.glob("data/**/*.ttl", recursive=True)):
    store.load(path=path, format=ox.RdfFormat.TURTLE)
for path in sorted(glob.glob("queries/rules/*.rq")):
    store.load(input=store.query(open(path).read()).serialize(format=ox.RdfFormat.N_TRIPLES), format=ox.RdfFormat.N_TRIPLES)
at = ox.Literal("2026-11-20", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
values = {ox.Variable("at"): at, ox.Variable("lang"): ox.Literal("en")}
sys.stdout.buffer.write(store.query(open("queries/gaps.rq").read(), substitutions=values).serialize(format=ox.QueryResultsFormat.CSV))
"""


def once(*command: str) -> float:
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)})
    return (time.perf_counter() - begun) * 1000


def main(pairs: int) -> None:
    ours = (sys.executable, "-m", "kzgraph", "gaps", "--at", "2026-11-20", "--format", "csv")
    bare = (sys.executable, "-c", BARE)
    once(*ours), once(*bare)
    times = [(once(*ours), once(*bare)) for _ in range(pairs)]
    a, b = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"kzgraph gaps {a:.0f} ms, bare script {b:.0f} ms, ratio {statistics.median(x / y for x, y in times):.2f}, {pairs} pairs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
