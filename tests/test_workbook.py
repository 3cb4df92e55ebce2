"""The workbook: a sheet each, dates as dates, article numbers as text, nothing a formula, links that lead somewhere, no secret."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from planted import SECRETS, leaks, planted_rooms

from kzgraph.errors import BadValue
from kzgraph.export.workbook import SHEETS, workbook, write
from kzgraph.profiles import released_store
from kzgraph.questions import answer
from kzgraph.rooms import Rooms
from kzgraph.store import Store


@pytest.fixture(scope="module")
def public(rooms):
    return released_store(rooms)


@pytest.fixture(scope="module")
def book(public):
    return openpyxl.load_workbook(io.BytesIO(workbook(public, at="2026-11-20")))


def test_it_has_a_sheet_for_each_thing_with_frozen_and_filtered_heads(book, public):
    assert book.sheetnames == ["about", *SHEETS, "codebook"]
    for sheet, name in SHEETS.items():
        page = book[sheet]
        assert page.freeze_panes and page.auto_filter.ref
        if sheet != "matrix":
            values = {"at": "2026-11-20"} if sheet == "gaps" else {}
            assert page.max_row == len(answer(public, name, **values)) + 1


def test_cells_equal_the_answers(book, public):
    rows = {row["gap"]: row for row in answer(public, "gaps", at="2026-11-20").records()}
    page = book["gaps"]
    heads = [cell.value for cell in page[1]]
    for line in page.iter_rows(min_row=2, values_only=True):
        told = dict(zip(heads, line, strict=True))
        row = rows[told["gap (address)"]]
        assert told["provision"] == row["provision_label"] and told["verdict"] == row["verdict_label"]
        assert isinstance(told["open since"], datetime.datetime) and told["open since"].date().isoformat() == row["since"]


def test_the_matrix_shows_the_verdicts(book, public):
    cells = {(row["provision"], row["ground_label"]): row["verdict"] for row in answer(public, "matrix", at="2026-11-20").records()}
    marks = {"listed": "●", "broader-listed": "◐", "open-clause": "○", "absent": "✕", "not-checked": "?"}
    page = book["matrix"]
    heads = [cell.value for cell in page[1]]
    seen = 0
    for line in page.iter_rows(min_row=2, values_only=True):
        for ground, mark in zip(heads[2:], line[2:], strict=True):
            if (line[0], ground) in cells:
                assert mark == marks[cells[line[0], ground]]
                seen += 1
    assert seen == len(cells)


def test_numbers_are_numbers_and_article_numbers_are_text(book):
    page = book["asks"]
    heads = [cell.value for cell in page[1]]
    assert all(isinstance(line[heads.index("year")], int) for line in page.iter_rows(min_row=2, values_only=True))
    assert {line[heads.index("paragraph")] for line in page.iter_rows(min_row=2, values_only=True)} >= {"13"}


def test_links_lead_to_rows_that_are_there(book):
    found = 0
    for page in book.worksheets:
        for cell in (cell for line in page.iter_rows() for cell in line if cell.hyperlink):
            sheet, _, place = cell.hyperlink.location.partition("!")
            assert book[sheet.strip("'")][place].value == cell.value
            found += 1
    assert found > 100


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_analysts_read_it_in_their_language(public, lang):
    made = openpyxl.load_workbook(io.BytesIO(workbook(public, at="2026-11-20", lang=lang)))
    assert made.sheetnames[1] == {"ru": "пробелы", "kk": "олқылықтар"}[lang]
    assert not any("_" in str(cell.value) for page in made.worksheets[1:7] for cell in page[1]), "a heading without a word in the language"


def test_what_looks_like_a_formula_or_a_link_is_text(toy_rooms):
    planted = '<https://w3id.org/kzgraph/id/case/2021-001> <http://purl.org/dc/terms/title> "=1+1"@en , "@SUM(A1)"@ru , "http://example.org/\\u0001x"@kk .'
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    laid.__dict__["turtle"] = [*toy_rooms.turtle, ("data/p.ttl", planted.encode())]
    body = workbook(Store(laid, cache=False, profile="public"), at="2021-02-01")
    made = openpyxl.load_workbook(io.BytesIO(body))
    assert "=1+1" in {cell.value for line in made["cases"].iter_rows() for cell in line}
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))


def test_the_same_graph_gives_the_same_bytes_and_the_file_is_whole(public, tmp_path):
    write(public, str(tmp_path / "one.xlsx"), at="2026-11-20")
    write(public, str(tmp_path / "two.xlsx"), at="2026-11-20")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"one.xlsx", "two.xlsx"}
    with pytest.raises(BadValue, match=r"ends in \.xlsx"):
        write(public, str(tmp_path / "book.ods"), at="2026-11-20")


def test_no_secret_is_in_it(tmp_path):
    write(released_store(planted_rooms(tmp_path)), str(tmp_path / "book.xlsx"), at="2021-02-01")
    assert leaks(tmp_path / "book.xlsx") == [] and SECRETS
