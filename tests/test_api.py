"""The package as a library: its documentation runs, its names are there, its tables go into pandas and into a notebook."""

import doctest
import importlib
import subprocess
import sys
from datetime import date, datetime

import pytest

import kzgraph
from kzgraph.amendments import Amendment
from kzgraph.errors import BadValue, KzError
from kzgraph.table import Table

MODULES = ["kzgraph", *sorted({f"kzgraph.{home}" for home in kzgraph._HOMES.values()})]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_documentation_run(name, store):
    module = importlib.import_module(name)
    found = [test for test in doctest.DocTestFinder().find(module, name, globs={**vars(module), "graph": store}) if test.examples]
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in found:
        runner.run(test)
    assert runner.failures == 0


def test_each_call_of_the_package_has_an_example_or_is_shown_in_one():
    shown = " ".join(importlib.import_module(name).__doc__ or "" for name in MODULES) + kzgraph.__doc__
    for name in kzgraph._HOMES:
        assert name in shown, name
    for name in ("load", "answer", "chain", "cell", "whatif", "difference", "Table"):
        assert ">>>" in getattr(kzgraph, name).__doc__, name


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, kzgraph; print(sorted({'rdflib', 'networkx', 'pyoxigraph', 'pyshacl', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=kzgraph.__path__[0] + "/..")
    assert done.stdout.strip() == "[]"


GAP, CELL = "gap/motive-omission/new-law/art_3/sexual-orientation", ("act/new-law/art_3", "ground/sexual-orientation")
ASKED = {
    "answer": lambda graph, at: kzgraph.answer(graph, "gaps", at=at).rows,
    "chain": lambda graph, at: kzgraph.chain(graph, GAP, at=at).write("json"),
    "cell": lambda graph, at: kzgraph.cell(graph, *CELL, at=at).write("json"),
    "page": lambda graph, at: kzgraph.page(graph, CELL[0], at=at).write("md"),
    "difference": lambda graph, at: kzgraph.difference(graph, graph, at=at).write("md"),
    "whatif": lambda graph, at: kzgraph.whatif(graph, [draft()], at=at).write("md"),
    "whatif today": lambda graph, at: kzgraph.whatif(graph, [draft()], today=at).write("md"),
    "ranking": lambda graph, at: kzgraph.ranking(graph, [draft()], at=at).write("md"),
}


def draft() -> Amendment:
    change = {"act": "new-law", "provision": "art_3", "add": ["ground/sexual-orientation"]}
    return Amendment("mine", "mine.toml", {"from": date(2021, 1, 1), "title": {"en": "Draft"}, "change": [change]})


@pytest.mark.parametrize("name", ASKED)
def test_a_day_is_a_date_or_its_iso_form_and_anything_else_a_bad_value(toy, name):
    assert ASKED[name](toy, date(2021, 2, 1)) == ASKED[name](toy, "2021-02-01")
    for wrong in ("2021-02-30", "tomorrow", 20210201, datetime(2021, 2, 1), ["2021-02-01"]):
        with pytest.raises(BadValue, match="not a date; write a day"):
            ASKED[name](toy, wrong)


def test_what_is_no_text_or_nothing_at_all_is_told_as_a_bad_value(toy):
    for call in (
        lambda: kzgraph.answer(toy, "gaps", at=None),
        lambda: kzgraph.answer(toy, "show-thing", thing=3),
        lambda: kzgraph.whatif(toy, []),
        lambda: kzgraph.ranking(toy, []),
    ):
        with pytest.raises(BadValue):
            call()
    with pytest.raises(KzError, match="7: no such question"):
        kzgraph.answer(toy, 7)
    with pytest.raises(KzError, match="not a url: no SPARQL results"):
        kzgraph.answer_from("not a url", toy.rooms, "gaps", at="2021-02-01")


def test_a_table_becomes_a_data_frame_and_a_safe_page():
    table = Table(("ground", "note"), [("ground/sex", "<b>x</b>"), ("ground/race", "")], title="A & B", notes=("data 1",))
    frame = table.to_pandas()
    assert list(frame.columns) == ["ground", "note"] and frame.shape == (2, 2) and frame.loc[0, "note"] == "<b>x</b>"
    page = table._repr_html_()
    assert "&lt;b&gt;x" in page and "A &amp; B" in page and "<b>" not in page and "data 1" in page
    long = Table(("n",), [(str(n),) for n in range(100)])._repr_html_()
    assert long.count("<tr>") == 61 and "40 more rows" in long


def test_pandas_that_is_missing_is_told_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(KzError, match="pandas: not installed; run 'pip install pandas'"):
        Table(("a",), []).to_pandas()


def test_a_name_that_is_none_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'gapz'"):
        kzgraph.gapz  # noqa: B018
