"""Every answer is a table; this module writes one as text, CSV, JSON or Markdown."""

import os
import re
import stat
from collections.abc import Iterable, Sequence

from kzgraph.errors import BadFile, BadValue, needs

FORMATS = ("table", "csv", "json", "md")
_WIDEST = 90  # characters of a cell on a screen before it is folded
_NOTEBOOK = 60  # rows that a notebook shows
_DIGITS = re.compile(r"(\d+)")
_MARKS = {"listed": "●", "broader-listed": "◐", "open-clause": "○", "absent": "✕", "not-checked": "?"}


class Table:
    """Columns and rows; every cell is a string, empty where the graph states nothing.

    ``show`` names the columns that a page or a screen has room for, ``group`` the column whose change
    starts a new block, ``pivot`` the three columns (down, across, cell) of a cross table.

    >>> table = Table(("ground", "verdict"), [("ground/sex", "listed")], notes=("a note",))
    >>> table.records()
    [{'ground': 'ground/sex', 'verdict': 'listed'}]
    >>> print(table.write("csv"), end="")
    ground,verdict
    ground/sex,listed
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        title: str = "",
        show: Sequence[str] = (),
        group: str = "",
        pivot: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        self.columns = tuple(columns)
        self.rows = [tuple(row) for row in rows]
        self.title = title
        self.show = tuple(show) or self.columns
        self.group = group
        self.pivot = tuple(pivot)
        self.notes = tuple(notes)

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, str]]:
        """The rows as dictionaries, column → cell."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def to_pandas(self):
        """The rows as a ``pandas.DataFrame``, every cell a string. Raises MissingExtra where pandas is not installed."""
        return needs("pandas").DataFrame(self.rows, columns=list(self.columns))

    def _repr_html_(self) -> str:
        """The first rows as a notebook shows them."""
        from html import escape

        def line(tag: str, cells: Iterable[str]) -> str:
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        shown = [self.columns.index(name) for name in self.show]
        rows = [line("td", (row[index] for index in shown)) for row in self.rows[:_NOTEBOOK]]
        more = f"{len(self.rows) - _NOTEBOOK} more rows" if len(self.rows) > _NOTEBOOK else ""
        told = "".join(f"<p>{escape(note)}</p>" for note in (more, *self.notes) if note)
        return f"<table><caption>{escape(self.title)}</caption>{line('th', self.show)}{''.join(rows)}</table>{told}"

    def where(self, column: str, wanted) -> "Table":
        """The rows whose cell in ``column`` satisfies ``wanted``."""
        index = self.columns.index(column)
        return self._with([row for row in self.rows if wanted(row[index])])

    def kept(self, wanted) -> "Table":
        """The rows that satisfy ``wanted``, which is given each as a tuple of cells."""
        return self._with([row for row in self.rows if wanted(row)])

    def joined(self, rows: Iterable[Sequence[str]]) -> "Table":
        """Its rows and these after them, each once."""
        return self._with(list(dict.fromkeys([*self.rows, *map(tuple, rows)])))

    def sorted(self) -> "Table":
        """The rows in the natural order of their cells, left to right: art_54 before art_145."""
        return self._with(sorted(self.rows, key=lambda row: [_natural(cell) for cell in row]))

    def _with(self, rows: list) -> "Table":
        return Table(self.columns, rows, title=self.title, show=self.show, group=self.group, pivot=self.pivot, notes=self.notes)

    def write(self, form: str) -> str:
        """The table in one of FORMATS: text for a terminal, CSV, an array of JSON objects, Markdown."""
        if form == "csv":
            import csv
            import io

            out = io.StringIO()
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows(self.rows)
            return out.getvalue()
        if form == "json":
            import json

            return json.dumps(self.records(), ensure_ascii=False, indent=1) + "\n"
        if form == "md":
            return self._page(_markdown)
        if form == "table":
            return self._page(_text)
        raise BadValue(f"--format {form}: not a format; take one of {', '.join(FORMATS)}")

    def _page(self, block) -> str:
        parts = [self.title] if self.title else []
        if self.pivot:
            columns, rows = self._crossed()
            parts.append(block(columns, rows))
            parts.append("  ".join(f"{mark} {name}" for name, mark in _MARKS.items()))
        elif self.group:
            at, shown = self.columns.index(self.group), [self.columns.index(name) for name in self.show]
            blocks: dict[str, list] = {}
            for row in self.rows:
                blocks.setdefault(row[at], []).append([row[index] for index in shown])
            for name, rows in blocks.items():
                parts.append(f"{name} ({len(rows)})\n\n" + block(self.show, rows))
        else:
            shown = [self.columns.index(name) for name in self.show]
            parts.append(block(self.show, [[row[index] for index in shown] for row in self.rows]))
        parts.extend(self.notes)
        return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"

    def _crossed(self) -> tuple[list[str], list[list[str]]]:
        down, across, cell = (self.columns.index(name) for name in self.pivot)
        heads = list(dict.fromkeys(row[across] for row in self.rows))
        lines: dict[str, dict[str, str]] = {}
        for row in self.rows:
            lines.setdefault(row[down], {})[row[across]] = _MARKS.get(row[cell], row[cell])
        names = [head.rsplit("/", 1)[-1] for head in heads]
        return [self.pivot[0], *names], [[name, *(cells.get(head, "") for head in heads)] for name, cells in lines.items()]


def save(body: "str | bytes", path: str) -> None:
    """Write a file whole or not at all: to a temporary file beside it, then renamed; text as UTF-8. Raises BadFile.

    A link stays a link and the file it leads to keeps its permissions; what is no file (a pipe, a device) is written to as it stands.
    """
    place = os.path.realpath(path)
    unfinished = f"{place}.{os.getpid()}.part"
    try:
        there = os.stat(place) if os.path.exists(place) else None
        if there is not None and not stat.S_ISREG(there.st_mode):
            unfinished = place
        with open(unfinished, "wb") as stream:
            stream.write(body.encode() if isinstance(body, str) else body)
        if unfinished == place:
            return
        if there is not None:
            os.chmod(unfinished, stat.S_IMODE(there.st_mode))
        os.replace(unfinished, place)
    except OSError as error:
        if unfinished != place and os.path.exists(unfinished):
            os.unlink(unfinished)
        raise BadFile(f"{path}: {error.strerror}; choose a place that can be written") from None


def _natural(cell: str) -> list:
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(cell) if part]


def _text(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    from textwrap import wrap

    folded = [[wrap(cell, _WIDEST, break_on_hyphens=False) or [""] for cell in row] for row in rows]
    widths = [max([len(name), *(len(part) for row in folded for part in row[index])]) for index, name in enumerate(columns)]

    def line(cells: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()

    lines = [line(columns), line(["-" * width for width in widths])]
    for row in folded:  # a long cell goes on below itself
        for depth in range(max(len(cell) for cell in row)):
            lines.append(line([cell[depth] if depth < len(cell) else "" for cell in row]))
    return "\n".join(lines)


def _markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return "\n".join([line(columns), line(["---"] * len(columns)), *(line(row) for row in rows)])
