"""The documentation runs: each command in README and docs gives an answer, and each link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from kzgraph.cli import _HANDLERS
from kzgraph.questions import catalogue

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


def test_each_command_is_told_in_the_readme_or_the_guides_and_each_question_in_the_cookbook(rooms):
    told = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "CONTRIBUTING.md"))
    for command in _HANDLERS:
        assert f"start.py {command}" in told or f"kzgraph {command}" in told, command
    cookbook = (ROOT / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert [name for name in catalogue(rooms) if f"### {name}\n" not in cookbook] == []
