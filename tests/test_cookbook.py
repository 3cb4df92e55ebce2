"""The cookbook: the shipped file is what the headers say, and each of its examples runs and gives rows."""

import shlex

import pytest
from conftest import HERE

from kzgraph.cookbook import QUERY, cookbook, example
from kzgraph.questions import THEMES, answer, catalogue, question
from kzgraph.rooms import open_rooms
from kzgraph.terms import LANGUAGES

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


def test_its_themes_and_limits_stand_in_three_languages(rooms, store):
    text = cookbook(rooms)
    words = {lang: {row["sentence"].removeprefix("sentence/"): row["text"] for row in answer(store, "sentences", lang=lang).records()} for lang in LANGUAGES}
    for theme in THEMES:
        head = " · ".join(words[lang][f"theme-{theme}"] for lang in LANGUAGES)
        assert text.count(f"**{head}**\n") == text.count(f"## {head}\n") == 1, "once in the index, once above its questions"
    for asked in (question(rooms, name) for name in NAMES):
        for lang in LANGUAGES:
            assert f"{words[lang]['cookbook-limits']}: {asked.limits[lang]}" in text and asked.among_words[lang] in text


def test_it_names_every_class_and_property_of_the_graph(rooms, store):
    shown = cookbook(rooms).split("\n## ")[2]
    for row in answer(store, "schema").records():
        name = row["term"].rsplit("#", 1)[-1]
        assert f"**kz:{name}**" in shown if row["sort"] == "Class" else f"`kz:{name}`" in shown, name


def test_its_own_query_runs_as_printed(rooms, run, tmp_path):
    file = tmp_path / "mine.rq"
    printed = [line.removeprefix("    ") for line in cookbook(rooms).splitlines() if line.startswith("    ")]
    file.write_text("\n".join(printed[printed.index("BASE <https://w3id.org/kzgraph/id/>"):][:QUERY.count("\n")]) + "\n", encoding="utf-8")
    assert file.read_text(encoding="utf-8") == QUERY
    code, out, err = run("sparql", file, "--format", "csv")
    assert code == 0 and len(out.splitlines()) > 1, err


@pytest.mark.parametrize("name", NAMES)
def test_its_example_runs_and_gives_rows(name, rooms, run):
    code, out, err = run(*shlex.split(example(question(rooms, name)))[1:], "--format", "csv")
    assert code == 0, err
    assert len(out.splitlines()) > 1 or ("looked among" in err and name in EMPTY), err
