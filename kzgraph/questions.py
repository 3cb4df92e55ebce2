"""The named questions: one file of ``queries/`` each, with a header that says what it asks and what it gives."""

import re
from datetime import date
from pathlib import Path

from kzgraph.errors import BadFile, BadQuery, BadValue, UnknownName, nearest
from kzgraph.rooms import Rooms
from kzgraph.store import Store, date_value, node, text_value
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES, iri, ref, slug

PARAM_TYPES = ("date", "lang", "ref")
COLUMN_TYPES = ("ref", "code", "date", "text", "int")
_HEADER = re.compile(r"#\s*(title|question|limits|param|column|show|group|pivot|order)(?:@(en|ru|kk))?:\s*(.*?)\s*$")


class Question:
    """One named question: ``name``, ``title``, ``question`` and ``limits`` (what the answer does not show) by language, ``params``, ``columns``, ``text``.

    ``params`` maps a name to (type, explanation), ``columns`` likewise, in the order of the SELECT.
    Raises BadQuery where the header is not of the form that CONTRIBUTING.md describes.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, text
        self.title: dict[str, str] = {}
        self.question: dict[str, str] = {}
        self.limits: dict[str, str] = {}
        self.params: dict[str, tuple[str, str]] = {}
        self.columns: dict[str, tuple[str, str]] = {}
        self.show: list[str] = []
        self.group = ""
        self.pivot: list[str] = []
        self.ordered = False
        for number, line in enumerate(text.splitlines(), 1):
            if not line.startswith("#"):
                break
            match = _HEADER.match(line)
            if match is None:
                raise BadQuery(f"{name}.rq:{number}: not a header line; write '# title@en: …', '# param: …' or '# column: …'")
            key, lang, value = match.groups()
            if key in ("title", "question", "limits"):
                getattr(self, key)[lang or "en"] = value
            elif key in ("param", "column"):
                word, kind, told = (*value.split(None, 2), "", "")[:3]
                allowed = PARAM_TYPES if key == "param" else COLUMN_TYPES
                if kind not in allowed:
                    raise BadQuery(f"{name}.rq:{number}: {kind!r} is no type of a {key}; take one of {', '.join(allowed)}")
                (self.params if key == "param" else self.columns)[word] = (kind, told)
            elif key == "order":
                self.ordered = value == "query"
            elif key == "group":
                self.group = value
            else:
                setattr(self, key, value.split())
        if not self.columns:
            raise BadQuery(f"{name}.rq:1: the header names no column; add a '# column: name type' line for each")

    def bind(self, **values: str) -> dict:
        """The values as engine terms. Raises UnknownName for a parameter that is none, BadValue for a bad value."""
        bound: dict = {}
        for name, value in values.items():
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                raise UnknownName(f"{self.name}: no parameter {name!r}; it takes {known}")
            kind = self.params[name][0]
            if kind == "date":
                bound[name] = date_value(a_date(name, value))
            elif kind == "ref":
                bound[name] = node(iri(value))
            else:
                bound[name] = text_value(a_language(value))
        missing = [name for name in self.params if name not in values]
        if missing:
            raise BadValue(f"{self.name}: parameter {missing[0]!r} has no value; give --{missing[0]}")
        return bound


def a_date(name: str, value: str) -> str:
    """The value, if it is a day of the calendar written YYYY-MM-DD. Raises BadValue."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise BadValue(f"--{name} {value}: not a date; write a day of the calendar as YYYY-MM-DD")


def a_language(value: str) -> str:
    """The value, if labels exist in that language. Raises BadValue."""
    if value not in LANGUAGES:
        raise BadValue(f"--lang {value}: no labels in that language; take one of {', '.join(LANGUAGES)}")
    return value


def catalogue(rooms: Rooms) -> dict[str, Path]:
    """The named questions: name → file, sorted by name."""
    return {path.stem: path for path in sorted(rooms.queries.glob("*.rq"))}


def question(rooms: Rooms, name: str) -> Question:
    """The question of that name. Raises UnknownName, which offers the nearest."""
    path = rooms.queries / f"{name}.rq"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        near = nearest(name, list(catalogue(rooms)))
        raise UnknownName(f"{name}: no such question; " + (f"nearest: {', '.join(near)}" if near else "'kzgraph ask' lists them"))
    try:
        return Question(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: {error}; make the file readable UTF-8") from None


def answer(store: Store, name: str, **values: str) -> Table:
    """The answer to a named question, one row each, cells as strings (references, codes, dates, labels).

    Raises UnknownName, BadValue, BadQuery.
    """
    asked = question(store.rooms, name)
    title = asked.title.get(values.get("lang", "en"), "")
    return Table(list(asked.columns), _rows(store, asked, values), title=title, show=asked.show, group=asked.group, pivot=asked.pivot)


def _rows(store: Store, asked: Question, values: dict[str, str]) -> list[list[str]]:
    """The rows of an answer, from the cache where the same question was put to the same files before."""
    import json

    bound = asked.bind(**values)
    kept = None
    if store.cache:
        import hashlib

        kept = f"{asked.name}-{hashlib.sha256(repr((asked.text, sorted(values.items()))).encode()).hexdigest()}.json"
        body = store.cache.read(kept)
        if body is not None:
            try:
                return json.loads(body)
            except ValueError:
                pass  # a damaged cache is no cache
    columns, solutions = store.select(asked.text, f"{asked.name}.rq", **bound)
    if columns != list(asked.columns):
        told = f"the header names the columns {', '.join(asked.columns)}, the SELECT {', '.join(columns)}"
        raise BadQuery(f"{asked.name}.rq: {told}; make them equal")
    codes = [kind == "code" for kind, _ in asked.columns.values()]
    table = Table(columns, [[_cell(term, code) for term, code in zip(row, codes, strict=True)] for row in solutions])
    rows = [list(row) for row in (table if asked.ordered else table.sorted()).rows]
    if store.cache and kept:
        store.cache.keep(kept, json.dumps(rows, ensure_ascii=False).encode())
    return rows


def _cell(term, code: bool) -> str:
    if term is None:
        return ""
    return slug(term.value) if code else ref(term.value)
