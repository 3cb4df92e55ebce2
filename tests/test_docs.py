"""The documentation runs: each command in README and docs gives an answer, and each link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
# addresses of things in the graph, not of files
ADDRESSES = (
    "verdict/",
    "act/", "area/", "ask/", "body/", "case/", "claim/", "duty/", "figure/", "gap/",
    "ground/", "kazakhstan-law/", "lineage/", "reading/", "scheme/", "shortcoming/", "stance/", "treaty/", ".venv",
)
COMMANDS = [
    (page.name, line)
    for page in PAGES
    if page.name != "cookbook.md"  # tests/test_cookbook.py runs its commands
    for line in page.read_text(encoding="utf-8").splitlines()
    if re.match(r"\s*\$ (python3 start\.py|kzgraph) (?!test)|    python3 start\.py (?!test)", line)
]


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_each_command_in_the_documentation_runs(run, page, line):
    words = shlex.split(line.strip().removeprefix("$ "), comments=True)
    arguments = words[2:] if words[0] == "python3" else words[1:]
    code, out, err = run(*arguments)
    assert code == 0 and (out or err), (page, line, err)


def test_there_are_commands_to_run():
    assert len(COMMANDS) >= 6


def test_each_path_that_the_documentation_names_is_there():
    for page in PAGES:
        for name in re.findall(r"`([\w./<>-]+/[\w./<>-]*|[\w-]+\.(?:md|ttl|csv|py|toml))`", page.read_text(encoding="utf-8")):
            if "<" in name or name.startswith(ADDRESSES):
                continue
            places = [ROOT / name, ROOT / "docs" / name, ROOT / "kzgraph" / name]
            assert any(place.exists() for place in places), f"{page.name} names {name}"


def test_each_command_and_each_question_has_its_place():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in ("gaps", "matrix", "show", "explain", "list", "ask"):
        assert f"start.py {command}" in readme
