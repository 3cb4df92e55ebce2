"""Times every kind of export of the shipped data, each a whole process, the answer cache warm; the bar is five seconds.

    python bench/exports.py

Prints milliseconds (the median of three) for each and the slowest; ends with 1 if one is above 5000.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
GAP = "gap/residual-only/criminal-code-2014/art_145/sexual-orientation"
VIEWS = [
    ("gaps",), ("provision", "act/criminal-code-2014/art_145"), ("case", "case/2019-004"), ("ask", "lineage/comprehensive-anti-discrimination-law"),
    ("succession",), ("evidence", GAP), ("whatif", "hate-motives"),
]  # fmt: skip
FIGURES = [("matrix",), ("complaints",), ("fields",), ("gap", GAP), ("whatif", "hate-motives")]
EXPORTS = [
    *(("view", *view, "-o", f"{view[0]}.{form}") for view in VIEWS for form in ("svg", "png", "pdf", "html", "ttl", "graphml")),
    *(("figure", *figure, "-o", f"{figure[0]}.{form}") for figure in FIGURES for form in ("svg", "png", "pdf")),
    ("export", "book.xlsx"),
    *(("report", "--body", body, "--since", "2019-01-01", "-o", f"annex.{form}") for body in ("cescr", "hrc") for form in ("docx", "md", "pdf")),
    *(("report", "--gap", GAP, "-o", f"sheet.{form}") for form in ("docx", "md", "pdf")),
]


def main() -> int:
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": folder}
        for arguments in EXPORTS:
            times = []
            for _ in range(3):
                begun = time.perf_counter()
                subprocess.run([sys.executable, "-m", "kzgraph", *arguments, "--at", "2026-11-20"], cwd=folder, env=env, check=True, capture_output=True)
                times.append((time.perf_counter() - begun) * 1000)
            median = statistics.median(times)
            worst = max(worst, median)
            print(f"{median:7.0f} ms  {' '.join(arguments)}", flush=True)
    print(f"slowest {worst:.0f} ms, {len(EXPORTS)} exports")
    return 0 if worst <= 5000 else 1


if __name__ == "__main__":
    sys.exit(main())
