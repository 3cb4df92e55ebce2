"""The cookbook: the shipped file is what the headers say, and each of its examples runs and gives rows."""

import shlex

import pytest
from conftest import HERE

from kzgraph.cookbook import cookbook, example
from kzgraph.questions import THEMES, catalogue, question
from kzgraph.rooms import open_rooms

EMPTY = {"applied-against-could-apply", "figures-not-independent"}  # the documents coded so far tell none
NAMES = list(catalogue(open_rooms()))


def test_the_shipped_cookbook_is_what_the_headers_say(rooms):
    shipped = (HERE.parent / "docs" / "cookbook.md").read_text(encoding="utf-8")
    assert shipped == cookbook(rooms), "write it anew: kzgraph ask --cookbook -o docs/cookbook.md"


def test_it_holds_every_question_once_under_its_theme(rooms):
    text = cookbook(rooms)
    for name in NAMES:
        assert text.count(f"\n### {name}\n") == 1
    assert {question(rooms, name).theme for name in NAMES} == set(THEMES)


@pytest.mark.parametrize("name", NAMES)
def test_its_example_runs_and_gives_rows(name, rooms, run):
    code, out, err = run(*shlex.split(example(question(rooms, name)))[1:], "--format", "csv")
    assert code == 0, err
    assert len(out.splitlines()) > 1 or ("looked among" in err and name in EMPTY), err
