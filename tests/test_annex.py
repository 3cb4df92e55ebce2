"""The annex and the fact sheet: each gap once, each footnote a source of the chain, the length kept, the same bytes, no secret."""

import io
import re
import zipfile

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from planted import leaks, planted_rooms
from pypdf import PdfReader

from kzgraph.errors import BadValue, UnknownName
from kzgraph.export.annex import Document, Paragraph, annex, fact_sheet
from kzgraph.export.document import docx as as_docx
from kzgraph.export.document import markdown, write
from kzgraph.export.document import pdf as as_pdf
from kzgraph.export.style import Style
from kzgraph.profiles import released_store
from kzgraph.questions import answer

AT = "2026-11-20"
GAP = "gap/residual-only/criminal-code-2014/art_145/sexual-orientation"


@pytest.fixture(scope="module")
def public(rooms):
    return released_store(rooms)


@pytest.fixture(scope="module")
def cescr(public):
    return annex(public, "cescr", at=AT, since="2019-03-29")


def notes(document: Document) -> list[str]:
    return [note for _, some in document.sections for one in some for _, cited in one.parts for note in cited]


def text(document: Document) -> str:
    return " ".join(part for _, some in document.sections for one in some for part, _ in one.parts)


def test_every_gap_of_the_body_stands_in_it_once_under_its_article(public, cescr):
    rows = answer(public, "gap-duties", body="body/cescr", at=AT).records()
    whole = text(cescr)
    for row in rows:
        assert row["provision_label"] in whole and row["ground_label"] in whole
    headings = [heading for heading, _ in cescr.sections]
    assert [row for row in dict.fromkeys(row["duty_label"] for row in rows) if row not in headings] == []


def test_each_footnote_is_a_source_and_those_of_an_article_are_of_its_treaty(public, cescr):
    titles = {row["title"] for row in answer(public, "list-documents").records()} | {row["symbol"] for row in answer(public, "list-documents").records()}
    for note in notes(cescr):
        assert any(title and title in note for title in titles), note
    articles = [some for heading, some in cescr.sections if heading.startswith("ICESCR")]
    cited = " ".join(note for some in articles for one in some for _, found in one.parts for note in found)
    assert "E/C.12/GC/20" in cited and "CCPR/C" not in cited


@pytest.mark.parametrize("body", ["cescr", "hrc", "cat", "cedaw"])
def test_no_paragraph_speaks_for_a_ground_with_the_day_or_the_reading_of_another(public, body):
    carried: dict[tuple[str, str], set[str]] = {}
    for row in answer(public, "gap-readings", body=f"body/{body}", at=AT).records():
        carried.setdefault((row["gap"], row["duty"]), set()).add(f"{row['source']}, {row['locator']}.")
    paragraphs = {
        heading: [(" ".join(part for part, _ in one.parts), {note for _, found in one.parts for note in found}) for one in some]
        for heading, some in annex(public, body, at=AT).sections
    }
    for row in answer(public, "gap-duties", body=f"body/{body}", at=AT).records():
        sure = row["since_basis"] in ("stated", "computed", "argument")
        opening = f"Open since {row['since']}." if sure else f"Proved open since {row['since']}; it may be older."
        of_it = [
            one for one in paragraphs[row["duty_label"]]
            if row["provision_label"] in one[0] and opening in one[0] and re.search(rf" {re.escape(row['ground_label'])}[.,]", one[0])
        ]  # fmt: skip
        if not of_it:  # told above, under another article
            assert any(row["provision_label"] in words and opening in words for some in paragraphs.values() for words, _ in some), row
            continue
        readings = carried.get((row["gap"], row["duty"]), set())
        assert not readings or any(readings & notes for _, notes in of_it), row


def test_a_fact_sheet_tells_no_case_of_another_provision(public):
    for gap in ("gap/closed-list-omission/labour-code-2015/art_25__para_2/age", "gap/application-gap/criminal-code-2014/art_145/gender-identity"):
        provision = "act/" + "/".join(gap.split("/")[2:4])
        own = {row["title"].rstrip(".") for row in answer(public, "provisions-in-cases").records() if row["provision"] == provision}
        told = dict(fact_sheet(public, gap, at=AT).sections).get("Published cases", [])
        assert bool(told) == bool(own)
        for one in told:
            assert any(one.parts[0][0].startswith(title) for title in own), one.parts


def test_complaints_on_other_grounds_stay_out_of_a_narrowed_annex(public):
    assert "not investigated" in text(annex(public, "hrc", at=AT, grounds=["ground/sogi"]))
    assert "not investigated" not in text(annex(public, "hrc", at=AT, grounds=["ground/religion"]))


def test_earlier_asks_are_told_with_their_answers_and_a_hostile_demand_never(cescr):
    asks = next(some for heading, some in cescr.sections if heading.startswith("Earlier recommendations"))
    told = " ".join(part for one in asks for part, _ in one.parts)
    assert "2019" in told and "comprehensive law" in told and "by what documents tell: 12, from 2004 to 2019; read in the body's own document" in told
    assert "propaganda" not in told.lower()


def test_an_ask_that_only_others_tell_of_says_so_and_each_has_a_footnote(public):
    for body in ("crc", "cerd", "hrc", "cescr", "cat"):
        asks = dict(annex(public, body, at=AT).sections)["Earlier recommendations and what is stated of them"]
        assert all(one.parts[0][1] for one in asks), body
    told = {one.parts[0][0][:4]: one.parts[0][0] for one in dict(annex(public, "hrc", at=AT).sections)["Earlier recommendations and what is stated of them"]}
    assert "the document of the body was not read" in told["2011"] and "not read" not in told["2016"]


def test_an_annex_of_an_earlier_day_holds_no_later_ask(public):
    early = annex(public, "cescr", at="2018-06-01")
    assert not dict(early.sections).get("Earlier recommendations and what is stated of them")
    assert not re.search(r"\((?:2019|202\d)\)", " ".join(one.parts[0][0] for one in dict(early.sections).get("Published cases", [])))


def test_what_was_replaced_since_the_last_report_is_flagged(public, cescr):
    whole = text(cescr)
    assert "Flag: this wording applies since 2026-07-01, later than 2019-03-29." in whole
    gone = dict(cescr.sections)["Provisions that are no more law"]
    assert any("Art. 14(2) ended on 2026-07-01" in part and "Art. 16(2)" in part for one in gone for part, _ in one.parts)
    assert "Flag" not in text(annex(public, "cescr", at=AT)) and "Provisions that are no more law" not in dict(annex(public, "cescr", at=AT).sections)


@pytest.mark.parametrize("most", [200, 500, 900])
def test_it_keeps_to_the_words_it_may_have_and_says_what_it_left_out(public, most):
    short = annex(public, "hrc", at=AT, most=most)
    assert short.words <= most
    assert any("left out to keep within" in note for note in short.notes)
    whole = annex(public, "hrc", at=AT)
    assert whole.words > 900 and int(whole.counted().rows[-1][1]) == whole.words == sum(int(row[1]) for row in whole.counted().rows[:-1])
    assert "sexual orientation" in text(short), "what matters most goes last"


def test_it_can_be_narrowed_and_written_in_russian(public):
    document = annex(public, "hrc", at=AT, lang="ru", grounds=["ground/sogi"], provisions=["act/criminal-code-2014"])
    whole = text(document)
    assert "сексуальная ориентация" in whole and "ст. 145" in whole and "Трудовой кодекс" not in whole and "religion" not in whole
    with pytest.raises(BadValue, match="written in en or ru"):
        annex(public, "hrc", at=AT, lang="kk")
    with pytest.raises(UnknownName, match="take one of cat, cedaw, cerd, cescr"):
        annex(public, "cesrc", at=AT)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_fact_sheet_of_every_type_is_one_page_with_its_caveat(public, lang, tmp_path):
    for row in {row["type"]: row for row in answer(public, "gaps", at=AT, lang=lang).records()}.values():
        document = fact_sheet(public, row["gap"], at=AT, lang=lang)
        assert len(PdfReader(io.BytesIO(as_pdf(document, Style()))).pages) == 1, row["gap"]
        assert "Caveat" in text(document) or "Оговорка" in text(document)
        assert notes(document)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_a_docx_is_of_a4_in_its_language_with_numbered_pages_and_a_fact_sheet_counts_no_words(public, lang):
    for document in (annex(public, "cescr", at=AT, lang=lang), fact_sheet(public, GAP, at=AT, lang=lang)):
        opened = docx.Document(io.BytesIO(as_docx(document, Style())))
        sheet = opened.sections[0]
        assert (round(sheet.page_width.mm), round(sheet.page_height.mm)) == (210, 297) and "PAGE" in sheet.footer._element.xml
        spoken = {one.get(f"{{{one.nsmap['w']}}}val") for one in opened.styles.element.iter() if one.tag.endswith("}lang")}
        assert spoken == {"en-GB" if lang == "en" else "ru-RU"}
        assert bool(opened.tables[0].rows) != document.single


def test_each_format_opens_in_its_reader_and_holds_the_same_words(cescr, tmp_path):
    for form in ("docx", "md", "pdf"):
        write(cescr, str(tmp_path / f"annex.{form}"))
    opened = docx.Document(str(tmp_path / "annex.docx"))
    words = " ".join(paragraph.text for paragraph in opened.paragraphs)
    printed = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(str(tmp_path / "annex.pdf")).pages))
    marked = (tmp_path / "annex.md").read_text(encoding="utf-8")
    for heading, some in cescr.sections:
        assert heading in words and heading in marked
        for one in some[:3]:
            assert one.parts[0][0] in words
    assert "Labour Code, Art. 25(2)" in printed and "doc" not in {path.suffix for path in tmp_path.iterdir()}
    with zipfile.ZipFile(tmp_path / "annex.docx") as archive:
        inside = archive.read("word/footnotes.xml").decode()
        marks = archive.read("word/document.xml").decode()
    total = len(notes(cescr))
    assert inside.count("<w:footnote ") == total + 2 and marks.count("<w:footnoteReference ") == total
    assert len(re.findall(r"(?m)^\[\^\d+\]: ", marked)) == total == max(int(number) for number in re.findall(r"\[\^(\d+)\]", marked))
    with pytest.raises(BadValue, match="suffix of docx, md, pdf"):
        write(cescr, str(tmp_path / "annex.odt"))


def test_the_same_document_gives_the_same_bytes(cescr):
    for made in (as_docx, as_pdf, markdown):
        assert made(cescr, Style()) == made(cescr, Style())


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_hostile_words_stay_words_in_every_format(words):
    document = Document(words or "x", [words], [(words or "y", [Paragraph((words, [words]), look="item")])], [words], "en")
    opened = docx.Document(io.BytesIO(as_docx(document, Style())))
    assert opened.paragraphs
    assert as_pdf(document, Style()).startswith(b"%PDF")
    assert "<script" not in markdown(Document("t", [], [("h", [Paragraph(("<script>", []))])], [], "en"), Style())


def test_no_secret_is_in_any_format(tmp_path):
    store = released_store(planted_rooms(tmp_path))
    for name, document in (
        ("annex", annex(store, "committee", at="2021-12-31", since="2019-01-01")),
        ("sheet", fact_sheet(store, "gap/residual-only/new-law/art_1/sexual-orientation", at="2021-02-01")),
    ):
        for form in ("docx", "md", "pdf"):
            path = tmp_path / f"{name}.{form}"
            write(document, str(path), Style(name="An organisation"))
            assert leaks(path) == []


def test_the_command_writes_and_counts(run, tmp_path):
    code, out, err = run("report", "--body", "cescr", "--at", AT, "--since", "2019-03-29", "--words", "600", "-o", tmp_path / "annex.docx")
    assert (code, out) == (0, "") and "words: ICESCR" in err and "does not hide" in err
    code, _, err = run("report", "--gap", GAP, "--at", AT, "-o", tmp_path / "sheet.md")
    assert code == 0 and "Caveat" in (tmp_path / "sheet.md").read_text(encoding="utf-8")
    for arguments, expected in (
        (("--body", "cescr"), "no file named"),
        (("--body", "unicef", "-o", tmp_path / "x.md"), "take one of"),
        (("-o", "x.md"), "one of the arguments --body --gap"),
        (("--body", "cescr", "--since", "May", "-o", tmp_path / "x.md"), "not a date"), (("--gap", "ground/sex", "-o", tmp_path / "x.md"), "not a gap"),
    ):
        code, out, err = run("report", *arguments)
        assert (code, out) == (2, "") and expected in err and len(err.strip().splitlines()) == 1
