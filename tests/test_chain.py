"""The chain of a gap and of a cell: whole sentences, each step of law with its citation, each verdict said in its own words."""

import re

import pytest
from conftest import HERE

from kzgraph.chains import cell, chain
from kzgraph.errors import UnknownName
from kzgraph.questions import answer
from kzgraph.terms import LANGUAGES

CITED = {"duty", "reading", "reading-condemns", "reading-calls-for", "treaty-text", "attestation", "evidence", "search"}
SLOT = re.compile(r"\b(SUBJECT|DETAIL|DAY|END|LEVEL|WORDS|NOTE)\b")
TOY = ("--data", str(HERE / "toy"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_open_gap_has_a_chain_of_whole_sentences_with_sources(store, lang):
    rows = answer(store, "gaps", at="2026-11-20", lang=lang).records()
    chosen = rows if lang == "en" else list({row["type"]: row for row in rows}.values())  # the sentences of a type are the same
    for row in chosen:
        steps = chain(store, row["gap"], at="2026-11-20", lang=lang).records()
        kinds = [step["kind"] for step in steps]
        assert f"caveat-{row['type']}" in kinds and f"remedy-{row['type']}" in kinds, row["gap"]
        assert "duty" in kinds or row["type"] in ("data-gap", "follow-up-gap"), row["gap"]
        for step in steps:
            assert not SLOT.search(step["text"]) and "«»" not in step["text"] and "( " not in step["text"], (row["gap"], step["text"])
            if step["kind"] in CITED:
                assert step["source"] and step["locator"], (row["gap"], step)
            if step["kind"].startswith("reading"):
                assert step["level"], (row["gap"], step)


@pytest.mark.parametrize(
    ("provision", "ground", "verdict", "words"),
    [
        ("act/criminal-code-2014/art_145", "ground/sex", "cell-listed", "«sex», place 5"),
        ("act/criminal-code-2014/art_145", "ground/sexual-orientation", "cell-open-clause", "gap/residual-only/criminal-code-2014/art_145/sexual-orientation"),
        ("act/criminal-code-2014/art_54__para_1__point_6", "ground/gender-identity", "cell-absent", "Nothing may be added"),
    ],
)
def test_each_verdict_is_said_with_the_words_of_the_list_and_its_check(store, provision, ground, verdict, words):
    told = cell(store, provision, ground, at="2026-11-20")
    kinds = [step["kind"] for step in told.records()]
    assert [kind for kind in kinds if kind.startswith("cell-") and kind not in ("cell-gap", "cell-no-gap", "cell-not-protection")] == [verdict]
    assert "attestation" in kinds
    assert words in told.write("table")
    assert ("cell-gap" in kinds) != ("cell-no-gap" in kinds)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_of_the_matrix_says_the_verdict_of_the_matrix(toy, lang):
    for row in answer(toy, "matrix", at="2021-02-01", lang=lang).records():
        steps = cell(toy, row["provision"], row["ground"], at="2021-02-01", lang=lang).records()
        assert f"cell-{row['verdict']}" in [step["kind"] for step in steps]
        assert all(not SLOT.search(step["text"]) for step in steps)
        if row["verdict"] == "absent":
            assert any(step["kind"] == "attestation" and step["source"] for step in steps)


def test_a_broader_ground_is_said_not_to_cover(toy, store):
    rows = [row for row in answer(store, "matrix", at="2026-11-20").records() if row["verdict"] == "broader-listed"]
    assert rows
    text = cell(store, rows[0]["provision"], rows[0]["ground"], at="2026-11-20").write("md")
    assert "never counted as covered" in text


def test_an_unread_wording_proves_nothing(store):
    rows = [row for row in answer(store, "matrix", at="2016-06-01").records() if row["verdict"] == "not-checked"]
    told = cell(store, rows[0]["provision"], rows[0]["ground"], at="2016-06-01")
    assert "nothing follows" in told.write("table") and "attestation" not in [step["kind"] for step in told.records()]


def test_a_cell_that_is_none_says_where_to_look(store):
    with pytest.raises(UnknownName, match="art_54__para_1__point_6"):
        cell(store, "act/criminal-code-2014/art_54", "ground/sex", at="2026-11-20")
    with pytest.raises(UnknownName, match="no protective list in force on 1990-01-01"):
        cell(store, "act/criminal-code-2014/art_145", "ground/sex", at="1990-01-01")


def test_explain_takes_a_cell_on_the_command_line(run):
    code, out, _ = run(*TOY, "explain", "act/new-law/art_3", "--ground", "ground/sexual-orientation", "--at", "2021-02-01", "--format", "md")
    assert code == 0 and out.startswith("# act/new-law/art_3 × ground/sexual-orientation") and "Verdict: absent" in out
