"""The documentation runs: each command in README and docs gives an answer, and each link leads somewhere."""

import re
import shlex
from pathlib import Path

import pytest

from kzgraph.cli import _HANDLERS
from kzgraph.questions import _HEADER, catalogue

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


def test_the_options_that_the_readme_tells_are_those_of_the_commands_it_names(run):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    told = re.search(r"^Options of (.*?): (.*?)\. ", text, re.MULTILINE)
    commands, options = (re.findall(r"`([^`]+)`", part) for part in told.groups())
    assert set(commands) == {"gaps", "matrix", "list"}
    for command in commands:
        helped = run(command, "--help")[1].replace("{", "").replace("}", "").replace(",", "|")
        for option in options:
            assert option in " ".join(helped.split()), (command, option)
    for command in ("show", "explain", "sparql"):
        assert "--provision" not in run(command, "--help")[1]


def test_contributing_tells_each_header_line_each_folder_of_queries_and_each_bench():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for key in _HEADER.pattern.partition("(")[2].partition(")")[0].split("|"):
        assert re.search(rf"^    # {key}\b", text, re.MULTILINE), key
    for folder in (ROOT / "queries").iterdir():
        assert not folder.is_dir() or f"`queries/{folder.name}/`" in text, folder.name
    for file in (ROOT / "bench").glob("*.py"):
        assert f"bench/{file.name}" in text, file.name
