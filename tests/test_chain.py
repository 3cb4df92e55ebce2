"""The chain of a gap and of a cell: whole sentences, each step of law with its citation, each reading with its body, each verdict in its own words."""

import json
import re

import pytest
from conftest import HERE
from hypothesis import given
from hypothesis import strategies as st

from kzgraph.chains import Chain, cell, chain
from kzgraph.errors import UnknownName
from kzgraph.questions import answer
from kzgraph.terms import LANGUAGES

# what rests on a text of law, of a body or of evidence; verdict, caveat and remedy are ours
CITED = ("duty", "reading", "treaty-text", "version", "list", "requirement", "attestation", "evidence", "search", "status-said", "asserted-by")
SLOT = re.compile(r"\b(SUBJECT|DETAIL|DAY|END|LEVEL|WORDS|NOTE|WHOSE)\b")
HOLE = re.compile(r"«\s*»|\(\s*\)|: ?[;.)]|\( |  | [.,;]( |$)|\bby ;")
TOY = ("--data", str(HERE / "toy"))
SEX, ORIENTATION = "ground/sex", "ground/sexual-orientation"
VERDICTS = ("listed", "broader-listed", "open-clause", "absent", "not-checked")
COLUMNS = ("step", "kind", "text", "source", "locator", "trust", "authority", "whose", "level", "address")


def faults(step: dict[str, str]) -> list[str]:
    """What a reader would find wanting in a step."""
    found = [f"a place to fill: {match[0]}" for match in SLOT.finditer(step["text"])]
    found += [f"an empty place: {match[0]!r}" for match in HOLE.finditer(step["text"])]
    if step["kind"].startswith(CITED) and not (step["source"] and step["locator"] and step["trust"]):
        found.append("no citation")
    if step["kind"].startswith("reading") and not (step["authority"] and step["whose"] and step["whose"] in step["text"] and step["level"] in step["text"]):
        found.append("nobody's reading")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_open_gap_has_a_chain_of_whole_sentences_with_sources(store, lang):
    caveats = {row["sentence"]: row["text"] for row in answer(store, "sentences", lang=lang).records()}
    for row in answer(store, "gaps", at="2026-11-20", lang=lang).records():
        steps = chain(store, row["gap"], at="2026-11-20", lang=lang).records()
        kinds = [step["kind"] for step in steps]
        assert f"caveat-{row['type']}" in kinds and f"remedy-{row['type']}" in kinds, row["gap"]
        assert "duty" in kinds or row["type"] in ("data-gap", "follow-up-gap"), row["gap"]
        assert sum(kind.startswith("since-") for kind in kinds) == 1, row["gap"]
        assert not [(step["text"], fault) for step in steps for fault in faults(step)], row["gap"]
        if row["type"] == "residual-only":
            assert caveats["sentence/caveat-residual-only"] in [step["text"] for step in steps]


def test_a_faulty_step_is_found():
    whole = {"kind": "reading", "text": "Reading (by B; level: L; D): fine.", "source": "s", "locator": "l", "trust": "t"}
    whole |= {"authority": "b", "whose": "B", "level": "L"}
    assert not faults(whole)
    for broken in ({"source": ""}, {"locator": ""}, {"whose": ""}, {"whose": "C"}, {"text": whole["text"] + " NOTE"}, {"text": whole["text"] + " «»"}):
        assert faults(whole | broken), broken


@pytest.mark.parametrize(
    ("provision", "ground", "verdict", "words"),
    [
        ("act/criminal-code-2014/art_145", SEX, "cell-listed", "«sex», place 5"),
        ("act/criminal-code-2014/art_145", ORIENTATION, "cell-open-clause", "gap/residual-only/criminal-code-2014/art_145/sexual-orientation"),
        ("act/criminal-code-2014/art_54__para_1__point_6", "ground/gender-identity", "cell-absent", "Nothing may be added"),
    ],
)
def test_each_verdict_is_said_with_the_words_of_the_list_and_its_check(store, provision, ground, verdict, words):
    told = cell(store, provision, ground, at="2026-11-20")
    kinds = [step["kind"] for step in told.records()]
    assert verdict in kinds and "attestation" in kinds
    assert words in told.write("table")
    assert ("cell-gap" in kinds) != any(kind.startswith("cell-no-gap") for kind in kinds)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_cell_of_the_matrix_says_the_verdict_of_the_matrix(toy, lang):
    verdicts = {f"cell-{verdict}" for verdict in VERDICTS}
    for at in ("2021-02-01", "2025-06-01"):
        open_gaps = {(row["provision"], row["ground"]) for row in answer(toy, "gaps", at=at, lang=lang).records()}
        for row in answer(toy, "matrix", at=at, lang=lang).records():
            steps = cell(toy, row["provision"], row["ground"], at=at, lang=lang).records()
            kinds = [step["kind"] for step in steps]
            assert verdicts & set(kinds) == {f"cell-{row['verdict']}"}, row
            assert ("cell-gap" in kinds) == ((row["provision"], row["ground"]) in open_gaps), row
            assert ("cell-gap" in kinds) != any(kind.startswith("cell-no-gap") for kind in kinds), row
            assert not [step for step in steps if SLOT.search(step["text"])], row
            if row["verdict"] == "absent":
                assert any(step["kind"] == "attestation" and step["source"] for step in steps)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("verdict", "at"), [(verdict, "2016-06-01" if verdict == "not-checked" else "2026-11-20") for verdict in VERDICTS])
def test_each_class_of_verdict_over_the_real_data(store, verdict, at, lang):
    row = next(row for row in answer(store, "matrix", at=at).records() if row["verdict"] == verdict)
    told = cell(store, row["provision"], row["ground"], at=at, lang=lang)
    kinds = [step["kind"] for step in told.records()]
    assert f"cell-{verdict}" in kinds
    if verdict == "not-checked":
        assert "cell-not-read" in kinds and "cell-no-gap-not-read" in kinds and "attestation" not in kinds and "list" not in kinds
        assert lang != "en" or "nothing follows" in told.write("table")
    else:
        assert not [(step["text"], fault) for step in told.records() for fault in faults(step)]
    if verdict == "open-clause":
        assert "caveat-residual-only" in kinds
    if verdict == "broader-listed":
        assert lang != "en" or "never counted as covered" in told.write("md")


def test_what_restricts_is_told_apart_and_is_no_protection(store):
    steps = cell(store, "act/advertising-law-2003/art_6__para_6", ORIENTATION, at="2026-11-20").records()
    kinds = [step["kind"] for step in steps]
    assert "cell-absent" in kinds and "cell-listed" not in kinds
    assert "no protection" in steps[kinds.index("cell-not-protection")]["text"]
    assert "gap/hostile-mention/" in steps[kinds.index("cell-gap")]["text"] and "duty" in kinds


def test_a_cell_names_no_gap_that_begins_later(toy):
    def text(at: str) -> str:
        return cell(toy, "act/new-law/art_1", ORIENTATION, at=at).write("table")

    assert "gap/application-gap/" not in text("2021-02-01") and "gap/application-gap/" in text("2021-12-31")


def test_a_duty_that_binds_later_speaks_not_yet(toy):
    kinds = [step["kind"] for step in cell(toy, "act/new-law/art_1", ORIENTATION, at="2021-02-01").records()]
    assert "duty" in kinds and "reading" in kinds
    quiet = next(row for row in answer(toy, "matrix", at="2021-02-01").records() if row["verdict"] == "open-clause" and not [
        gap for gap in answer(toy, "gaps", at="2021-02-01").records() if (gap["provision"], gap["ground"]) == (row["provision"], row["ground"])
    ])
    kinds = [step["kind"] for step in cell(toy, quiet["provision"], quiet["ground"], at="2021-02-01").records()]
    assert "cell-no-gap" in kinds and "duty" not in kinds and not any(kind.startswith("reading") for kind in kinds)


def test_a_wording_is_cited_by_a_dated_text_before_an_undated(store):
    steps = cell(store, "act/criminal-code-2014/art_145", SEX, at="2026-11-20").records()
    dated = [step["trust"] for step in steps if step["kind"].startswith(("version", "list"))]
    assert dated and set(dated) == {"official text in a dated mirror"}
    assert "undated copy" in [step["trust"] for step in steps if step["kind"] == "attestation"]


def test_the_first_day_is_told_with_its_basis(store):
    steps = chain(store, "gap/residual-only/criminal-code-2014/art_145/sexual-orientation", at="2026-11-20").records()
    told = {step["kind"]: step["text"] for step in steps}
    assert "2019-01-10 (this day: at the latest)" in told["version"] and "2018-07-23" in told["version-earliest"]
    assert told["since-version"].startswith("Why since 20")


def test_a_note_in_another_language_is_marked_so(store):
    steps = chain(store, "gap/residual-only/criminal-code-2014/art_145/sexual-orientation", at="2026-11-20", lang="kk").records()
    assert all("[ru] " in step["text"] for step in steps if step["kind"] == "reading")


def test_json_says_of_each_step_what_it_is_and_whose(store):
    steps = json.loads(chain(store, "gap/residual-only/criminal-code-2014/art_145/sexual-orientation", at="2026-11-20").write("json"))

    assert [list(step) for step in steps] == [list(COLUMNS)] * len(steps)
    assert [step["step"] for step in steps] == [str(number) for number in range(1, len(steps) + 1)]
    reading = next(step for step in steps if step["kind"] == "reading")
    assert (reading["authority"], reading["whose"], reading["level"]) == ("body/hrc", "Human Rights Committee", "views on a complaint")
    assert {step["level"] for step in steps if not step["kind"].startswith("reading")} == {""}


@given(st.text())
def test_hostile_words_are_inert_in_text_and_markdown(words):
    row = dict.fromkeys(COLUMNS, words) | {"step": "1"}
    for form, lead in (("table", "1. "), ("md", "1. ")):
        lines = Chain(COLUMNS, [list(row.values())], title=words, notes=("n",)).write(form).split("\n")
        assert all(letter.isprintable() for line in lines for letter in line)
        assert lines[2].startswith(lead) and len(lines) <= 7
        if form == "md":
            assert not re.search(r"(?<!\\)(?:\\\\)*[<>`*\[\]|]", "".join(lines[2:-3]).replace("   - ", ""))



def test_a_cell_that_is_none_says_where_to_look(store):
    with pytest.raises(UnknownName, match="art_54__para_1__point_6"):
        cell(store, "act/criminal-code-2014/art_54", SEX, at="2026-11-20")
    with pytest.raises(UnknownName, match="no protective list in force on 1990-01-01; its wordings in the graph stand from 2015-01-01 until 2019-01-10"):
        cell(store, "act/criminal-code-2014/art_145", SEX, at="1990-01-01")
    with pytest.raises(UnknownName, match="kzgraph matrix --at 2026-11-20"):
        cell(store, "act/criminal-code-2014/art_118__para_1", SEX, at="2026-11-20")
    with pytest.raises(UnknownName, match="no provision of Kazakhstan"):
        cell(store, "treaty/iccpr/art_26", SEX, at="2026-11-20")
    with pytest.raises(UnknownName, match="no ground"):
        cell(store, "act/criminal-code-2014/art_145", "body/hrc", at="2026-11-20")


def test_explain_takes_a_cell_on_the_command_line(run):
    code, out, _ = run(*TOY, "explain", "act/new-law/art_3", "--ground", ORIENTATION, "--at", "2021-02-01", "--format", "md")
    assert code == 0 and out.startswith("# act/new-law/art_3 × ground/sexual-orientation") and "Verdict: absent" in out
