"""The same graph gives the same bytes, in every form, in two processes with different hash seeds."""

import hashlib
import os
import subprocess
import sys

from conftest import HERE

MAKE = """
import sys
from kzgraph.cli import main
folder, toy, day = sys.argv[1], ("--data", sys.argv[2]), ("--at", "2021-12-31")
from kzgraph.export import exchange, picture
from kzgraph.export.figure import FORMATS
for form in (*picture.FORMATS, *exchange.FORMATS, "html"):
    assert main([*toy, "view", "provision", "act/new-law/art_1", *day, "-o", f"{folder}/view.{form}"]) == 0
for form in FORMATS:
    for name in ("matrix", "complaints", "fields"):
        assert main([*toy, "figure", name, *day, "-o", f"{folder}/{name}.{form}", "--lang", "kk"]) == 0
assert main([*toy, "export", f"{folder}/book.xlsx", *day]) == 0
for form in ("docx", "md", "pdf"):
    assert main([*toy, "report", "--body", "committee", *day, "-o", f"{folder}/annex.{form}"]) == 0
"""


def test_two_processes_write_the_same_bytes_in_every_form(tmp_path):
    digests = []
    for seed in ("1", "20"):
        folder = tmp_path / seed
        folder.mkdir()
        env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(HERE.parent), "KZGRAPH_CACHE": "off", "TZ": f"UTC+{seed}"}
        done = subprocess.run([sys.executable, "-c", MAKE, str(folder), str(HERE / "toy")], env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr[-500:]
        digests.append({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()})
    assert len(digests[0]) > 25
    assert digests[0] == digests[1]
