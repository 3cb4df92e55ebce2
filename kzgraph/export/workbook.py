"""The workbook: gaps, matrix, cases, asks, figures, sources and codebook, a sheet each, as a colleague opens it in a spreadsheet."""

import io
import re
from datetime import date, datetime

from kzgraph.errors import BadValue, needs
from kzgraph.profiles import released, told
from kzgraph.questions import answer, question
from kzgraph.store import Store
from kzgraph.table import Table, save

# sheet → question, in the order of the tabs; the first column of each but the matrix is the address that other sheets lead to
SHEETS = {"gaps": "gaps", "matrix": "matrix", "cases": "list-cases", "asks": "list-asks", "figures": "list-figures", "sources": "list-documents"}
_MARKS = {"listed": "●", "broader-listed": "◐", "open-clause": "○", "absent": "✕", "not-checked": "?"}
_FILLS = {"listed": "#CFE2F3", "broader-listed": "#E3F1FA", "open-clause": "#FCE8C8", "absent": "#F7D3C0", "not-checked": "#EEEEEE"}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BARRED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32_000  # characters that a cell of a spreadsheet takes
_WIDEST = 60


def workbook(store: Store, *, at: str, lang: str = "en") -> bytes:
    """The workbook as bytes of an .xlsx file, of the law on the day ``at``, with words in ``lang``; the same graph gives the same bytes.

    Sheets: about, gaps, matrix, cases, asks, figures, sources, codebook. Heads are frozen and filtered; days are dates, whole numbers numbers, all else
    text, so that an article number stays as it is and nothing is ever a formula; references lead to the sheet that holds them.
    Raises MissingExtra where XlsxWriter is not installed.
    """
    xlsxwriter = needs("xlsxwriter")
    words = {name.removeprefix("sentence/workbook-"): text for name, text, _ in answer(store, "sentences", lang=lang).rows}
    out = io.BytesIO()
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(out, settings)
    book.set_properties({"title": words["title"], "subject": at, "created": datetime(2026, 1, 1), "comments": f"data {store.rooms.version}"})
    looks = {
        "head": book.add_format({"bold": True, "bg_color": "#0072B2", "font_color": "#FFFFFF", "text_wrap": True, "valign": "top", "num_format": "@"}),
        "text": book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"}),
        "number": book.add_format({"num_format": "0", "valign": "top"}),
        "link": book.add_format({"num_format": "@", "font_color": "#0072B2", "underline": 1, "text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14, "num_format": "@"}),
        **{code: book.add_format({"num_format": "@", "bg_color": fill, "align": "center"}) for code, fill in _FILLS.items()},
        "turned": book.add_format({"bold": True, "rotation": 60, "num_format": "@", "bg_color": "#0072B2", "font_color": "#FFFFFF"}),
    }
    tables: dict[str, Table] = {}
    for sheet, name in SHEETS.items():
        given = {key: value for key, value in (("at", at), ("lang", lang)) if key in question(store.rooms, name).params}
        tables[sheet] = released(answer(store, name, **given), name, store)
    places = {row[0]: f"internal:'{words[sheet]}'!A{number}" for sheet in SHEETS if sheet != "matrix" for number, row in enumerate(tables[sheet].rows, 2)}
    provisions = dict.fromkeys(row["provision"] for row in tables["matrix"].records())
    places |= {provision: f"internal:'{words['matrix']}'!A{number}" for number, provision in enumerate(provisions, 2)}
    pages = {sheet: book.add_worksheet(words[sheet]) for sheet in ("about", *SHEETS, "codebook")}
    _about(pages["about"], looks, store, tables, words, at, lang)
    for sheet, name in SHEETS.items():
        if sheet == "matrix":
            _matrix(pages[sheet], looks, tables[sheet], words)
        else:
            _rows(pages[sheet], looks, tables[sheet], question(store.rooms, name).columns, words, places)
    _codebook(pages["codebook"], looks, store, words, lang)
    book.close()
    return out.getvalue()


def write(store: Store, path: str, *, at: str, lang: str = "en") -> None:
    """The workbook to a file, whole or not at all. Raises BadValue for another suffix than .xlsx, BadFile, MissingExtra."""
    if not path.lower().endswith(".xlsx"):
        raise BadValue(f"{path}: a workbook ends in .xlsx; give the file that suffix")
    save(workbook(store, at=at, lang=lang), path)


def _clean(text: str) -> str:
    return _BARRED.sub("", text)[:_LONGEST]


def _about(page, looks, store: Store, tables: dict[str, Table], words: dict[str, str], at: str, lang: str) -> None:
    page.set_column(0, 0, 24)
    page.set_column(1, 1, 100)
    page.write_string(0, 0, words["title"], looks["title"])
    lines = [(words["day"], at), (words["version"], store.rooms.version)]
    lines += [(words[sheet], f"{len(table)}") for sheet, table in tables.items() if sheet != "matrix"]
    for number, (name, text) in enumerate(lines, 2):
        page.write_string(number, 0, _clean(name), looks["text"])
        page.write_string(number, 1, _clean(text), looks["text"])
    for number, text in enumerate((words["caveat"], *told(store, lang)), len(lines) + 3):
        page.write_string(number, 1, _clean(text), looks["text"])


def _rows(page, looks, table: Table, columns: dict[str, tuple[str, str]], words: dict[str, str], places: dict[str, str]) -> None:
    first = table.columns[0]
    order = [first, *(name for name in table.show if name != first)]
    order += [name for name in table.columns if name not in order and name not in ("at", "lang")]
    indexes = [table.columns.index(name) for name in order]
    widths = [len(_head(name, words)) for name in order]
    for across, name in enumerate(order):
        page.write_string(0, across, _head(name, words), looks["head"])
    for down, row in enumerate(table.rows, 1):
        for across, (name, index) in enumerate(zip(order, indexes, strict=True)):
            cell, kind = _clean(row[index]), columns[name][0]
            widths[across] = max(widths[across], min(len(cell), _WIDEST))
            if kind == "date" and _DAY.fullmatch(cell) and cell >= "1900-03-01":
                page.write_datetime(down, across, date.fromisoformat(cell), looks["day"])
            elif kind == "int" and re.fullmatch(r"-?\d{1,15}", cell):
                page.write_number(down, across, int(cell), looks["number"])
            elif kind == "ref" and cell in places and not (across == 0 and name == first):
                page.write_url(down, across, places[cell], looks["link"], cell)
            elif cell:
                page.write_string(down, across, cell, looks["text"])
    for across, width in enumerate(widths):
        page.set_column(across, across, min(width + 2, _WIDEST))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(table.rows), 1), len(order) - 1)


def _matrix(page, looks, table: Table, words: dict[str, str]) -> None:
    rows = table.records()
    grounds = list(dict.fromkeys((row["ground"], row["ground_label"]) for row in rows))
    down: dict[str, dict[str, dict[str, str]]] = {}
    for row in rows:
        down.setdefault(row["provision"], {})[row["ground"]] = row
    for across, text in enumerate((words["column-provision"], words["column-provision_label"])):
        page.write_string(0, across, text, looks["head"])
    for across, (_, label) in enumerate(grounds, 2):
        page.write_string(0, across, _clean(label), looks["turned"])
    verdicts: dict[str, str] = {}
    for number, (provision, cells) in enumerate(down.items(), 1):
        page.write_string(number, 0, provision, looks["text"])
        page.write_string(number, 1, _clean(next(iter(cells.values()))["provision_label"]), looks["text"])
        for across, (ground, _) in enumerate(grounds, 2):
            cell = cells.get(ground)
            if cell:
                verdicts[cell["verdict"]] = cell["verdict_label"]
                page.write_string(number, across, _MARKS[cell["verdict"]], looks[cell["verdict"]])
    for number, (code, label) in enumerate(sorted(verdicts.items()), len(down) + 2):
        page.write_string(number, 0, _MARKS[code], looks[code])
        page.write_string(number, 1, _clean(label), looks["text"])
    page.set_column(0, 0, 40)
    page.set_column(1, 1, 50)
    page.set_column(2, len(grounds) + 1, 4)
    page.set_row(0, 130)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(down), 1), len(grounds) + 1)


def _codebook(page, looks, store: Store, words: dict[str, str], lang: str) -> None:
    heads = [words[f"column-{name}"] for name in ("sheet", "column", "meaning")]
    lines: list[tuple[str, str, str]] = []
    for sheet, name in SHEETS.items():
        for column, (kind, meaning) in question(store.rooms, name).columns.items():
            if column not in ("at", "lang"):
                lines.append((words[sheet], f"{_head(column, words)} ({column}, {kind})", meaning))
    for row in answer(store, "codes", lang=lang).records():
        lines.append((row["scheme"], row["code"], f"{row['label']}: {row['definition']}"))
    for across, head in enumerate(heads):
        page.write_string(0, across, head, looks["head"])
    for down, line in enumerate(lines, 1):
        for across, cell in enumerate(line):
            page.write_string(down, across, _clean(cell), looks["text"])
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 44)
    page.set_column(2, 2, 100)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(lines), 1), 2)


def _head(column: str, words: dict[str, str]) -> str:
    return words.get(f"column-{column}") or column.replace("_", " ")
