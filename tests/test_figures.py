"""Every figure equals its table twin, says what it shows and does not show, holds nothing live, and comes out the same byte for byte."""

import os
import re
import subprocess
import sys
import zlib
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from engines import plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kzgraph.errors import BadValue, MissingExtra, UnknownName
from kzgraph.export import figure as module
from kzgraph.export.figure import FORMATS, Figure, figure, figures
from kzgraph.export.style import Style
from kzgraph.profiles import SUPPRESSED, released_store
from kzgraph.questions import Question, answer
from kzgraph.rooms import open_rooms
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES, iri

ROOT = Path(__file__).parent.parent
AT = "2026-11-20"
REFS = {
    "matrix": "", "fields": "", "complaints": "", "whatif": "hate-motives",
    "ask": "lineage/comprehensive-anti-discrimination-law",
    "gap": "gap/residual-only/criminal-code-2014/art_145/sexual-orientation",
}  # fmt: skip
QUERIES = sorted(path.stem for path in (open_rooms().queries / "figures").glob("*.rq"))
VALUES = {"at": "2021-02-01", "lang": "en", "gap": "gap/closed-list-omission/new-law/art_2/gender-identity"}
SVG = "{http://www.w3.org/2000/svg}"
_SCRIPT = "</scr" + "ipt><scr" + "ipt>alert(1)</scr" + "ipt>"
HOSTILE = (_SCRIPT, "=1+1", "a\nb\tc", "<b>x</b>", "\"'&]]>", "\x00\x0b\x1f\u202e", "datum.url + event", "#{signal}")


def rows_drawn(drawn: Figure) -> list[dict]:
    return [row for layer in drawn.spec()["layer"] if layer.get("name", "").startswith("marks") for row in layer["data"]["values"]]


def unequal(drawn: Figure) -> str:
    """Where marks and table differ; empty if every mark is a row and every row is drawn as often as its number says."""
    cells = [tuple((name, module._plain(cell)) for name, cell in row.items()) for row in drawn.table.records()]
    wanted = Counter({cell: int(dict(cell)["provisions"]) if drawn.name == "fields" else 1 for cell in cells})
    found = Counter(tuple((name, row[name]) for name in drawn.table.columns) for row in rows_drawn(drawn))
    return "" if wanted == found else str(list((wanted - found) + (found - wanted))[:2])


def marks_of(svg: bytes) -> list[str]:
    return [part.get("aria-label", "") for part in ElementTree.fromstring(svg).iter() if part.get("role") == "graphics-symbol"]


@pytest.fixture(scope="module")
def drawn(store):
    """Each figure of the real data in each language, made once."""
    made: dict[tuple[str, str], Figure] = {}

    def call(name: str, lang: str = "en") -> Figure:
        if (name, lang) not in made:
            made[name, lang] = figure(store, name, REFS[name], at=AT, lang=lang)
        return made[name, lang]

    return call


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", REFS)
def test_a_figure_equals_its_twin_and_says_what_it_is(drawn, name, lang, store):
    one = drawn(name, lang)
    assert len(one.table) > 0 and unequal(one) == ""
    svg = one.picture("svg")
    marks = marks_of(svg)
    assert len(marks) == sum(int(row["provisions"]) for row in one.table.records()) if name == "fields" else len(one.table)
    assert all(marks), "a mark without words is silent to a screen reader"
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("aria-label") == one.title and root[0].text == one.title and root[1].text == one.alt
    shown = " ".join(" ".join(part.itertext()) for part in root.iter(f"{SVG}text"))
    for word in (store.rooms.version, AT if name != "whatif" else "2027-07-01", *one.title.split()):
        assert word in shown, word
    assert one.title in one.alt and store.rooms.version in one.alt
    places = set(re.findall(r"\b[A-Z]{3,}\b", " ".join(text for name, text, _ in answer(store, "sentences", lang="en").rows if "figure-" in name)))
    assert not places & set(re.findall(r"\b[A-Z]{3,}\b", one.alt)), "a place is not filled"


def test_a_figure_that_draws_another_number_is_caught(drawn):
    for name in REFS:
        whole = drawn(name)
        row = list(whole.table.rows[0])
        row[-1] += "!"
        other = Table(whole.table.columns, [row, *whole.table.rows[1:]])
        wrong = Figure(name, "en", whole.title, whole.lines, other, whole.notes, whole.source_line, whole._draw)
        assert unequal(wrong), name


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", REFS)
def test_a_page_is_as_wide_as_a4_and_legible(drawn, name, lang):
    root = ElementTree.fromstring(drawn(name, lang).picture("svg"))
    width, height = float(root.get("width")), float(root.get("height"))
    assert width <= 180 / 25.4 * 96 + 25 and height <= 267 / 25.4 * 96  # the page less its margins
    for part in root.iter(f"{SVG}text"):
        size = float(re.match(r"[\d.]+", part.get("font-size"))[0])
        assert size * 0.75 >= 7, part.text
        x, y = (float(number) for number in re.search(r"translate\(([-\d.]+),([-\d.]+)\)", part.get("transform")).groups())
        assert x >= 0 and 0 <= y <= height
        if "rotate" not in part.get("transform") and part.get("text-anchor") == "start":
            assert x + module._length(part.text or "", size, part.get("font-weight") == "bold") * 0.93 <= width, part.text


def test_the_matrix_counts_right_and_says_no_more_than_the_law(drawn, store):
    one = drawn("matrix")
    lists = {row["provision"] for row in module._asked(store, "protective-lists", at=AT, lang="en") if row["dedicated"]}
    cells = [row for row in answer(store, "matrix", at=AT, lang="en").records() if row["provision"] not in lists]
    verdicts = Counter(row["verdict"] for row in cells if row["ground"] == "ground/sexual-orientation")
    assert verdicts["listed"] == verdicts["broader-listed"] == 0
    assert f"none of {verdicts['open-clause'] + verdicts['absent']} " in one.title and "sexual orientation" in one.title and "race" not in one.title
    assert f"does not name: {verdicts['open-clause']};" in one.lines[0] and f"leave it out: {verdicts['absent']}." in one.lines[0]
    assert f"not checked {verdicts['not-checked']}," in one.lines[0]
    for name in REFS:
        assert not re.search(r"not protected|unprotected|prevented", " ".join((drawn(name).title, *drawn(name).lines)))
    shown = {(row["provision"], row["ground"]): row["verdict"] for row in one.table.records()}
    assert shown.items() <= {(row["provision"], row["ground"]): row["verdict"] for row in cells}.items()


def test_a_message_names_the_ground_listed_least_where_each_is_listed(store):
    one = figure(store, "matrix", at=AT, grounds=["ground/race", "ground/sex"])
    assert one.title.startswith("Named least of all, in ") and one.title.endswith(": sex") and not one.lines
    narrow = figure(store, "matrix", at=AT, grounds=["ground/sogi"], provisions=["act/criminal-code-2014/art_145", "act/labour-code-2015"])
    assert {row["ground"] for row in narrow.table.records()} == {"ground/sexual-orientation", "ground/gender-identity"}
    assert len({row["provision"] for row in narrow.table.records()}) == 3 and unequal(narrow) == ""


def test_the_fields_add_up(drawn, store):
    one = drawn("fields")
    lists = module._asked(store, "protective-lists", at=AT, lang="en")
    places = {(row["provision"], row["field"]) for row in lists if not row["dedicated"]}
    for ground in {row["ground"] for row in one.table.records()}:
        assert sum(int(row["provisions"]) for row in one.table.records() if row["ground"] == ground) == len(places)


def test_complaints_keep_kinds_apart_and_count_a_case_once(drawn, store):
    one = drawn("complaints")
    numbers = {(row["stage"], row["kind"]): row["cases"] for row in one.table.records()}
    found = module._asked(store, "complaint-paths")
    for (stage, kind), number in numbers.items():
        if number.isdecimal():
            assert int(number) == len({row["case"] for row in found if (row["stage"], row["kind"]) == (stage, kind)})
    for code in ("registration-refused", "not-investigated", "terminated", "no-response"):
        told = {row["case"] for row in answer(store, "complaints-refused", lang="en").records() if (row["path"], row["kind"]) == (code, "incident")}
        assert numbers[code, "incident"] in (str(len(told)), numbers[code, "incident"] if not numbers[code, "incident"].isdecimal() else "")
    assert numbers["told", "incident"] in one.title


def test_a_number_held_back_is_written_and_not_drawn(rooms):
    one = figure(released_store(rooms), "complaints", at=AT)
    whole = figure(Store(rooms), "complaints", at=AT)
    assert unequal(one) == "" and any(row["cases"] == SUPPRESSED for row in one.table.records())
    assert not {"1", "2", "3", "4"} & {row["cases"] for row in one.table.records()}
    for row in rows_drawn(one):
        assert (row["_x2"] == row["_x"]) == (row["cases"] in (SUPPRESSED, "0")), "the length of a bar would tell the number"
    assert {"1", "2", "3", "4"} & {row["cases"] for row in whole.table.records()}
    assert "public" in one.notes[-1] and "does not hide" in one.notes[-1]


def test_an_ask_has_its_answers_and_a_commitment_is_no_ask(drawn, store):
    one = drawn("ask")
    rows = answer(store, "lineage-asks", thing=REFS["ask"], lang="en").records()
    assert len(one.table) == len(rows) and f"asks: {sum(row['form'] != 'commitment' for row in rows)};" in one.title
    by_ask = figure(store, "ask", rows[0]["ask"], at=AT)
    assert by_ask.table.rows == one.table.rows
    early = figure(store, "ask", REFS["ask"], at="2010-12-31")
    assert {row["year"] for row in early.table.records()} == {row["year"] for row in rows if row["year"] <= "2010"}
    hostile = figure(store, "ask", "lineage/adopt-propaganda-law", at=AT)
    assert "against rights" in hostile.lines[0]


def test_the_life_of_a_gap_holds_its_spells_and_an_earlier_constitution(drawn, store):
    one = drawn("gap")
    spells = [row for row in one.table.records() if row["lane"] == "gap"]
    assert [(row["since"], row["until"]) for row in spells] == [row[1:] for row in answer(store, "gap-spells").rows if row[0] == REFS["gap"]]
    assert spells[0]["since"] in one.title
    moved = figure(store, "gap", "gap/residual-only/constitution-2026/art_16__para_2/sexual-orientation", at=AT)
    assert {row["item"].split("/")[1] for row in moved.table.records() if row["lane"] == "version"} == {"constitution-1995", "constitution-2026"}
    for gap in ("gap/no-instrument/anti-discrimination-act/sexual-orientation", "gap/follow-up-gap/reject-propaganda-law/sexual-orientation"):
        other = figure(store, "gap", gap, at=AT)
        assert unequal(other) == "" and len(marks_of(other.picture("svg"))) == len(other.table)


def test_an_amendment_is_drawn_from_its_outcome(drawn, store):
    from kzgraph.amendments import read, whatif

    one = drawn("whatif")
    counts = whatif(store, [read("hate-motives", store.rooms)], today=AT).counts()
    assert counts["closes"] > 0
    for effect in ("closes", "stays", "opens"):
        assert sum(int(row["gaps"]) for row in one.table.records() if row["effect"] == effect) == counts[effect]
    both = figure(store, "whatif", ["hate-motives", "wider-ban"], at=AT)
    assert any(row["effect"] == "changes-type" and row["gaps"] != "0" for row in both.table.records()) and unequal(both) == ""


@pytest.mark.parametrize("name", ["matrix", "fields", "complaints", "ask", "gap"])
def test_the_hand_made_world_is_drawn(toy, name):
    refs = {"ask": "lineage/general-act", "gap": VALUES["gap"]}
    one = figure(toy, name, refs.get(name, ""), at="2021-02-01", lang="kk")
    assert unequal(one) == "" and one.picture("png").startswith(b"\x89PNG")


# ---- forms ----


def test_each_form_tells_its_alt_text(drawn, tmp_path):
    one = drawn("gap", "kk")
    for form in FORMATS:
        one.write(str(tmp_path / f"gap.{form.upper()}"))
    png = (tmp_path / "gap.PNG").read_bytes()
    at, texts, size = 8, {}, (0, 0)
    while at < len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        body = png[at + 4 : at + 8 + length]
        assert zlib.crc32(body) == int.from_bytes(png[at + 8 + length : at + 12 + length], "big")
        if body[:4] == b"IHDR":
            size = int.from_bytes(body[4:8], "big"), int.from_bytes(body[8:12], "big")
        if body[:4] == b"iTXt":
            key, rest = body[4:].split(b"\0", 1)
            texts[key.decode()] = rest.split(b"\0", 4)[-1].decode()
        at += 12 + length
    assert texts["Title"] == one.title and texts["Description"] == one.alt and size[0] > 2000  # 300 to the inch
    pdf = (tmp_path / "gap.PDF").read_bytes()
    assert pdf.startswith(b"%PDF") and pdf.rstrip().endswith(b"%%EOF") and ("\ufeff" + one.title).encode("utf-16-be").hex().encode() in pdf
    start = int(re.findall(rb"startxref\s+(\d+)", pdf)[-1])
    assert pdf[start:].startswith(b"xref")
    offsets = re.findall(rb"(\d{10}) 00000 n\r\n", pdf[start:])
    assert all(pdf[int(offset) :].startswith(b"%d 0 obj" % number) for number, offset in enumerate(offsets, 1))
    assert b"/Lang (kk)" in pdf and not re.search(rb"/CreationDate|/ModDate|/ID|svg2pdf", pdf)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert float(box[1]) <= 595 and float(box[2]) <= 842, "larger than A4"
    assert not list(tmp_path.glob("*.part"))


def test_the_same_input_gives_the_same_bytes(tmp_path):
    code = (
        "import hashlib, sys\nfrom kzgraph.export.figure import figure\nfrom kzgraph.rooms import open_rooms\nfrom kzgraph.store import Store\n"
        f"store = Store(open_rooms())\nfor name, ref in {REFS!r}.items():\n one = figure(store, name, ref, at={AT!r}, lang='ru')\n"
        " for body in (*(one.picture(form) for form in ('svg', 'png', 'pdf')), one.table.write('csv').encode()):\n"
        "  print(name, hashlib.sha256(body).hexdigest())\n"
    )
    outputs = []
    for seed in ("1", "77"):
        env = os.environ | {"PYTHONHASHSEED": seed, "KZGRAPH_CACHE": "off", "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1] and len(outputs[0].splitlines()) == 4 * len(REFS)


def test_nothing_is_fetched_and_nothing_imported_before_it_is_drawn(drawn):
    def keys(value) -> set[str]:
        if isinstance(value, dict):
            return set(value) | set().union(*map(keys, value.values()))
        return set().union(*map(keys, value)) if isinstance(value, list) else set()

    for name in REFS:
        assert not keys(drawn(name).spec()) & {"url", "href", "expr", "signal", "transform", "image"}
    code = "import sys, kzgraph.export.figure; print('vl_convert' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "False"


def test_what_is_missing_or_wrong_is_told_in_one_line(store, drawn, monkeypatch, tmp_path):
    for error, told, call in (
        (UnknownName, "matrix", lambda: figure(store, "matrx", at=AT)),
        (UnknownName, "not a gap", lambda: figure(store, "gap", "ground/sex", at=AT)),
        (UnknownName, "no ask", lambda: figure(store, "ask", "ground/sex", at=AT)),
        (UnknownName, "nearest", lambda: figure(store, "gap", "gap/residual-only/criminal-code-2014/art_145/sexual", at=AT)),
        (BadValue, "no address", lambda: figure(store, "whatif", at=AT)),
        (BadValue, "too many", lambda: figure(store, "matrix", "ground/sex", at=AT)),
        (BadValue, "--ground", lambda: figure(store, "complaints", at=AT, grounds=["ground/sex"])),
        (BadValue, "svg, png, pdf", lambda: drawn("gap").write(str(tmp_path / "gap.bmp"))),
        (BadValue, "no suffix", lambda: drawn("gap").write(str(tmp_path / "gap"))),
    ):
        with pytest.raises(error) as caught:
            call()
        assert told in str(caught.value) and "\n" not in str(caught.value)
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtra, match="pip install vl-convert-python"):
        drawn("gap").picture("svg")


def test_a_style_gives_name_logo_and_colours(drawn):
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0,0h4v1h-4Z"/></svg>'
    style = Style("Equal & <Co>", logo, "svg", colours={"absent": "#123456"})
    svg = drawn("matrix").picture("svg", style)
    root = ElementTree.fromstring(svg)
    held = [part for part in root.iter(f"{SVG}image")]
    assert len(held) == 1 and all(value.startswith("data:image/svg+xml;base64,") for key, value in held[0].attrib.items() if key.endswith("href"))
    assert "Equal & <Co>" in " ".join(part.text or "" for part in root.iter(f"{SVG}text")) and module._Page(style).light("absent").encode() in svg
    assert drawn("matrix").picture("png", style) != drawn("matrix").picture("png")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)))
def test_a_hostile_label_is_inert(text):
    table = Table(("row", "kind", "cases"), [(text, text, "3")], title=text)

    def draw(page) -> None:
        page.slanted([text], 200.0, 20.0)
        page.panels([row | {"_row": "a", "_panel": "b", "_value": row["cases"]} for row in table.records()], {"a": text}, {"b": text}, {"b": "#0072B2"})
        page.legend([("full", "#0072B2", text)])

    one = Figure("complaints", "en", text, [text], table, [text], text, draw)
    assert unequal(one) == ""
    root = ElementTree.fromstring(one.picture("svg", Style(name=text)))
    assert {part.tag.removeprefix(SVG) for part in root.iter()} <= {"svg", "title", "desc", "g", "path", "rect", "text", "tspan", "clipPath", "defs"}
    assert not any(key.startswith("on") or key.endswith("href") for part in root.iter() for key in part.attrib)
    assert root[0].text in (module._plain(text), None) and marks_of(one.picture("svg"))
    assert one.picture("pdf").count(b"/JavaScript") == 0


# ---- words and questions ----


def test_the_figures_are_listed(store):
    for lang in LANGUAGES:
        listed = figures(store, lang)
        assert [row[0] for row in listed.rows] == sorted(REFS, key=list(module._FIGURES).index) and all(row[2] for row in listed.rows)


@pytest.mark.parametrize("name", QUERIES)
def test_questions_of_figures_are_whole_and_both_engines_agree(name, toy, toy_rooms, toy_rdflib):
    asked = Question(name, (toy_rooms.queries / "figures" / f"{name}.rq").read_text(encoding="utf-8"))
    for words in (asked.title, asked.question, asked.limits):
        assert set(words) == set(LANGUAGES) and all(words.values())
    values = {key: VALUES[key] for key in asked.params}
    assert set(asked.params) <= set(asked.columns) and "ORDER BY" in asked.text
    _, rows = toy.select(asked.text, name, **asked.bind(**values))
    embedded = sorted(tuple("" if cell is None else cell.value for cell in row) for row in rows)
    made = {"date": lambda value: Literal(value, datatype=XSD.date), "ref": lambda value: URIRef(iri(value)), "lang": Literal}
    bound = {key: made[asked.params[key][0]](value) for key, value in values.items()}
    assert embedded == sorted(tuple(plain(cell) for cell in row) for row in toy_rdflib.query(asked.text, initBindings=bound))
    assert embedded, "a question that finds nothing in the hand-made world proves nothing there"


def test_no_text_is_longer_than_it_is_thought():
    """The lengths by which lines are broken err to the long side, for each script."""
    for text, least in (("Committee on the Elimination of Racial Discrimination", 240), ("гендерлік өзін-өзі білдіру", 120), ("сексуальная ориентация", 110)):
        assert least <= module._length(text, 9.5) <= least * 1.35
        assert " ".join(module._wrapped(text, 90, 9.5)) == text and all(module._length(line, 9.5) <= 90 for line in module._wrapped(text, 90, 9.5))
    assert "".join(module._wrapped("x" * 200, 50, 9.5)) == "x" * 200


def test_the_timeline_says_how_many_asks_of_the_united_nations_were_read(store):
    told = " ".join(figure(store, "ask", "lineage/comprehensive-anti-discrimination-law", at=AT, lang="en").lines)
    assert "in the whole line: 12; read in the body's own document or an excerpt of it: 2" in told
    read = figure(store, "ask", "lineage/end-coerced-medical-procedures", at=AT, lang="en").lines
    assert not any("in the whole line" in line for line in read), "all of them were read"
