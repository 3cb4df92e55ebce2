"""The named questions: one file of ``queries/`` each, with a header that says what it asks and what it gives."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from kzgraph.errors import BadFile, BadQuery, BadValue, UnknownName, nearest
from kzgraph.rooms import Rooms, inward
from kzgraph.store import Store, date_value, node, text_value
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES, NS, iri, ref, slug

PARAM_TYPES = ("date", "lang", "ref")
COLUMN_TYPES = ("ref", "code", "date", "text", "int")
THEMES = ("law", "gaps", "duties", "cases", "asks", "figures", "claims", "sources", "upkeep")
SPACES = {
    "kz": NS, "eli": "http://data.europa.eu/eli/ontology#", "oa": "http://www.w3.org/ns/oa#", "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
_RESERVED = ("help", "output", "format", "contains")  # options that every question has
_HEADER = re.compile(r"#\s*(title|question|limits|theme|among|example|param|column|show|group|pivot|order)(?:@(en|ru|kk))?:\s*(.*?)\s*$")
_COUNT = "SELECT ?class (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing a ?class } GROUP BY ?class"
_COUNT_WITH = "SELECT ?class ?property (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing a ?class ; ?property ?value } GROUP BY ?class ?property"


class Question:
    """One named question: ``name``, ``title``, ``question`` and ``limits`` (what the answer does not show) by language, ``params``, ``columns``, ``text``.

    ``theme`` is one of THEMES; ``among`` is the IRI of the class of things that it looks among (empty: anything) and of a property that they must
    have (empty: none), ``among_words`` their name by language; ``example`` are options that show what it is good for.
    ``params`` maps a name to (type, explanation), ``columns`` likewise, in the order of the SELECT.
    Raises BadQuery where the header is not of the form that CONTRIBUTING.md describes, or the text reaches out of the graph.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text = name, inward(text, f"{name}.rq")
        self.title: dict[str, str] = {}
        self.question: dict[str, str] = {}
        self.limits: dict[str, str] = {}
        self.params: dict[str, tuple[str, str]] = {}
        self.columns: dict[str, tuple[str, str]] = {}
        self.theme = ""
        self.example = ""
        self.among = ("", "")
        self.among_words: dict[str, str] = {}
        self.show: list[str] = []
        self.group = ""
        self.pivot: list[str] = []
        self.ordered = False
        told: list[tuple[int, list[str]]] = []  # lines that name columns
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
                word, kind, words = (*value.split(None, 2), "", "", "")[:3]
                if word in _RESERVED or not re.fullmatch(r"[A-Za-z]\w*", word, re.ASCII):
                    raise BadQuery(f"{name}.rq:{number}: {word!r} cannot be the name of a {key}; take a word that is not one of {', '.join(_RESERVED)}")
                allowed = PARAM_TYPES if key == "param" else COLUMN_TYPES
                if kind not in allowed:
                    raise BadQuery(f"{name}.rq:{number}: {kind!r} is no type of a {key}; take one of {', '.join(allowed)}")
                (self.params if key == "param" else self.columns)[word] = (kind, words)
            elif key == "theme":
                if value not in THEMES:
                    raise BadQuery(f"{name}.rq:{number}: {value!r} is no theme; take one of {', '.join(THEMES)}")
                self.theme = value
            elif key == "among" and lang:
                self.among_words[lang] = value
            elif key == "among":
                kind, narrow, words = _words(value)
                for part in (kind, narrow):
                    if part not in ("any", "") and part.partition(":")[0] not in SPACES:
                        raise BadQuery(f"{name}.rq:{number}: {part!r} is no class or property; write one of {', '.join(SPACES)}: and a name, or any")
                self.among, self.among_words["en"] = (_expanded(kind), _expanded(narrow)), words
            elif key == "example":
                self.example = value
            elif key == "order":
                if value != "query":
                    raise BadQuery(f"{name}.rq:{number}: {value!r} is no order; write '# order: query', or leave the line out")
                self.ordered = True
            else:
                told.append((number, value.split()))
                if key == "pivot" and len(told[-1][1]) != 3:
                    raise BadQuery(f"{name}.rq:{number}: a cross table has three columns: down, across and in the cell; name them")
                setattr(self, key, value if key == "group" else told[-1][1])
        if not self.columns:
            raise BadQuery(f"{name}.rq:1: the header names no column; add a '# column: name type' line for each")
        for number, names in told:
            for word in names:
                if word not in self.columns:
                    raise BadQuery(f"{name}.rq:{number}: {word} is no column; take one of {', '.join(self.columns)}")

    def bind(self, **values: "str | date") -> dict:
        """The values as engine terms. Raises UnknownName for a parameter that is none, BadValue for a bad value."""
        bound: dict = {}
        for name, value in values.items():
            if name not in self.params:
                known = ", ".join(self.params) or "none"
                raise UnknownName(f"{self.name}: no parameter {name!r}; it takes {known}")
            kind = self.params[name][0]
            if kind != "date" and not isinstance(value, str):
                raise BadValue(f"{self.name}: {name} is {value!r}, not text; write it in quotes")
            if kind == "date":
                bound[name] = date_value(a_date(name, value))
            elif kind == "ref":
                bound[name] = node(iri(str(value)))
            else:
                bound[name] = text_value(a_language(str(value)))
        missing = [name for name in self.params if name not in values]
        if missing:
            raise BadValue(f"{self.name}: parameter {missing[0]!r} has no value; give --{missing[0]}")
        return bound


def _words(value: str) -> tuple[str, str, str]:
    kind, _, words = value.partition(" ")
    if not words.startswith("with "):
        return kind, "", words
    narrow, _, words = words.removeprefix("with ").partition(" ")
    return kind, narrow, words


def _expanded(short: str) -> str:
    prefix, _, local = short.partition(":")
    return SPACES[prefix] + local if local else ""


def a_date(name: str, value: "str | date") -> str:
    """The value as YYYY-MM-DD, if it is a day of the calendar written so, or a ``date``. Raises BadValue."""
    try:
        if type(value) is date:  # a datetime has an hour, and a zone or none
            return value.isoformat()
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
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
    name = str(name)
    path = rooms.queries / f"{name}.rq"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not path.is_file():
        near = nearest(name, list(catalogue(rooms)))
        raise UnknownName(f"{name}: no such question; " + (f"nearest: {', '.join(near)}" if near else "'kzgraph ask' lists them"))
    return from_file(path)


def from_file(path: Path) -> Question:
    """The question that a file holds, of ``queries`` or a folder below it. Raises BadFile where it is no readable UTF-8, BadQuery."""
    try:
        return Question(path.stem, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: {getattr(error, 'strerror', None) or error}; make the file readable UTF-8") from None


def answer(store: Store, name: str, **values: "str | date") -> Table:
    """The answer to a named question, one row each, cells as strings (references, codes, dates, labels).

    ``values`` are its parameters: days as ISO dates or as ``datetime.date``, ``lang`` (en without it), references.
    What the rows mean, the rules in ``queries/rules/`` decide.

    >>> cells = answer(graph, "matrix", at="2026-11-20").records()
    >>> {row["verdict"] for row in cells if row["provision"].endswith("criminal-code-2014/art_145") and row["ground"] == "ground/sexual-orientation"}
    {'open-clause'}

    Raises UnknownName, BadValue, BadQuery.
    """
    asked = question(store.rooms, name)
    if "lang" in asked.params:
        values.setdefault("lang", "en")
    title = asked.title.get(str(values.get("lang", "en")), "")
    return Table(list(asked.columns), _rows(store, asked, values), title=title, show=asked.show, group=asked.group, pivot=asked.pivot)


def stated(store: Store, asked: Question, table: Table, values: dict[str, str], *, before: "int | None" = None) -> tuple[str, ...]:
    """What the answer to a named question says of itself: data version, day, language, rows, and how many of them are not checked.

    ``before`` is the number of rows before the answer was narrowed. An empty answer says among how many things it looked.
    """
    codes = [index for index, name in enumerate(table.columns) if asked.columns[name][0] == "code"]
    unchecked = sum(any(row[index] == "not-checked" for index in codes) for row in table.rows)
    day = f"law as of {values['at']}" if "at" in values else "no day asked about"
    language = f", language {values['lang']}" if "lang" in values else ""
    of = f" of {before}" if before is not None and before != len(table) else ""
    looked = "" if table.rows else "; looked among {} {}".format(*looked_among(store, asked))
    return (f"data {store.rooms.version}, {day}{language}, {len(table)}{of} rows, {unchecked} of them not checked{looked}",)


def looked_among(store: Store, asked: Question) -> tuple[int, str]:
    """How many things of the kind that the question looks among the graph holds, and what they are called in English.

    ``asked.among_words`` has their name in each language. Without a class, the statements of the graph are counted.
    """
    kind, narrow = asked.among
    words = asked.among_words.get("en", "")
    if not kind:
        return len(store), words
    narrower = {"property": node(narrow)} if narrow else {}
    _, rows = store.select(_COUNT_WITH if narrow else _COUNT, **{"class": node(kind)}, **narrower)
    return next((int(row[-1].value) for row in rows), 0), words


def _rows(store: Store, asked: Question, values: "dict[str, str | date]") -> list[list[str]]:
    """The rows of an answer, from the cache where the same question was put to the same files before."""
    import json

    bound = asked.bind(**values)
    kept = None
    if store.cache:
        import hashlib

        kept = f"{asked.name}-{hashlib.sha256(repr((asked.text, sorted((name, str(value)) for name, value in values.items()))).encode()).hexdigest()}.json"
        body = store.cache.read(kept)
        if body is not None:
            try:
                return json.loads(body)
            except ValueError:
                pass  # a damaged cache is no cache
    rows = finished(asked, *store.select(asked.text, f"{asked.name}.rq", **bound))
    if store.cache and kept:
        store.cache.keep(kept, json.dumps(rows, ensure_ascii=False).encode())
    return rows


def finished(asked: Question, columns: list[str], solutions: Iterable[Sequence]) -> list[list[str]]:
    """The solutions of an engine or endpoint as rows of cells, in the order of the question; each term has a ``value``, or is None.

    Raises BadQuery where the columns are not those of the header.
    """
    if columns != list(asked.columns):
        told = f"the header names the columns {', '.join(asked.columns)}, the SELECT {', '.join(columns)}"
        raise BadQuery(f"{asked.name}.rq: {told}; make them equal")
    codes = [kind == "code" for kind, _ in asked.columns.values()]
    table = Table(columns, [[_cell(term, code) for term, code in zip(row, codes, strict=True)] for row in solutions])
    return [list(row) for row in (table if asked.ordered else table.sorted()).rows]


def _cell(term, code: bool) -> str:
    if term is None:
        return ""
    return slug(term.value) if code else ref(term.value)
