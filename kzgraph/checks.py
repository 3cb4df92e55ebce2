"""Faults in the data: shapes, dangling and undeclared terms, form, privacy. A fault is a row, never an exception."""

import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kzgraph.errors import BadFile, one_line
from kzgraph.questions import answer
from kzgraph.rooms import Rooms
from kzgraph.shapes import Shapes
from kzgraph.store import Store
from kzgraph.terms import BASE, NS, ref

SEVERITIES = ("violation", "warning", "info")
ELI = "http://data.europa.eu/eli/ontology#"
COLUMNS = ("file", "line", "severity", "rule", "focus", "message", "value")

# What may not stand in any word, address or file name. Each pattern has a planted example in tests/test_privacy.py.
_PRIVACY = {
    "e-mail": (
        re.compile(r"[\w.+-]+@(?!example\.(?:org|com)\b)[\w-]+\.\w{2,}"),
        "an e-mail address",
        "адрес электронной почты",
    ),
    "phone": (
        re.compile(r"(?<![\w.+])(?:\+?7|8)[\s(-]{0,2}7\d{2}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"),
        "a telephone number",
        "номер телефона",
    ),
    "handle": (
        re.compile(
            r"(?<![\w/.])@[A-Za-z_][\w.]{2,}"
            r"|(?i:(?<!\w)(?:t\.me|telegram\.me|wa\.me|vk\.com|ok\.ru|instagram\.com|facebook\.com|tiktok\.com|twitter\.com|x\.com|linkedin\.com/in)/[\w.+@-]+)"
        ),
        "a handle of a social network",
        "имя в социальной сети",
    ),
    "identity-number": (
        re.compile(r"(?<![\w/.-])\d{6}[\s-]?\d{6}(?![\w-])"),
        "a number as long as a personal identification number",
        "число длиной с ИИН",
    ),
    "initials": (
        re.compile(
            r"(?<!\w)(?:[A-ZА-ЯӘҒҚҢӨҰҮІ]\.\s?){1,2}[A-ZА-ЯӘҒҚҢӨҰҮІ][a-zа-яәғқңөұүһі]{2,}(?! (?:v|против)\.? )"
            r"|(?<!\w)(?!(?:Annex|Appendix|Article|Part|Section|Table|Приложение|Раздел|Таблица|Часть|Қосымша|Бөлім)\s)"
            r"[A-ZА-ЯӘҒҚҢӨҰҮІ][a-zа-яәғқңөұүһі]{2,}\s[A-ZА-ЯӘҒҚҢӨҰҮІ]\.(?: ?[A-ZА-ЯӘҒҚҢӨҰҮІ]\.)?(?!\w)"
        ),
        "a name with an initial",
        "имя с инициалом",
    ),
    "street": (
        re.compile(r"(?<!\w)(?:[Уу]л\.|[Уу]лиц[аеы]\s+[А-ЯA-Z]|[Пп]р-т|[A-Z]\w+ (?:[Ss]t\.|[Ss]treet|[Aa]venue)\b|\w+ көшесі(?!\w))"),
        "a street",
        "улица",
    ),
    "minute": (
        re.compile(r"(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?!\d|:)"),
        "a time of day",
        "время суток",
    ),
    "birth": (
        re.compile(r"(?i)(?:\bborn (?:on|in) \d|date of birth\W+\d|дата рождения\W+\d|\d{4} (?:года рождения|г\. ?р\.)|туған күні\W+\d)"),
        "a date of birth",
        "дата рождения",
    ),
}
# titles of published decisions of international bodies are citations and stay
_PUBLISHED = ("http://purl.org/dc/terms/title", "http://www.w3.org/2004/02/skos/core#prefLabel", "http://www.w3.org/2004/02/skos/core#editorialNote")


def findings(store: Store, *, within: "set[str] | None" = None) -> list[dict[str, str]]:
    """Every fault in the data of the store, as rows of COLUMNS; ``within`` names the files to report on (all, without it).

    A file is reported on for whatever it states or points to, so that no fault which it brings is lost because its focus is at home elsewhere.
    Messages are in English; ``message_ru`` beside ``message`` holds the Russian.
    """
    rooms = store.rooms
    parsed = _parsed(rooms)
    found = [*_shaped(rooms, parsed), *_pointed(parsed), *_private(parsed)]
    if not found:
        return []
    homes = _Homes(rooms, parsed)
    rows = []
    for row in found:
        file = row.get("file") or homes.file(row["focus"], within)
        if within is None or file in within or not file:
            line = row.get("line") or homes.line(file, row["focus"])
            rows.append({"value": "", "message_ru": row["message"]} | row | {"file": file, "line": line, "focus": ref(row["focus"])})
    order = {name: index for index, name in enumerate(SEVERITIES)}
    return sorted(rows, key=lambda row: (order[row["severity"]], row["file"], int(row["line"] or 0), row["rule"], row["focus"], row["value"]))


def _parsed(rooms: Rooms) -> list[tuple[str, list]]:
    """Each file with its statements. Raises BadFile, with file and line."""
    parsed = []
    for name, body in rooms.turtle:
        try:
            parsed.append((name, list(ox.parse(input=body, format=ox.RdfFormat.TURTLE, rename_blank_nodes=True))))
        except SyntaxError as error:
            raise BadFile(f"{name}:{error.lineno or 1}: {one_line(error.msg)}; mend the Turtle there") from None
        except ValueError as error:
            raise BadFile(f"{name}: {one_line(error)}; save the file as UTF-8 Turtle") from None
    return parsed


def _shaped(rooms: Rooms, parsed: list[tuple[str, list]]) -> Iterable[dict[str, str]]:
    asserted = ox.Store()  # shapes speak of what is written, not of what the rules derive
    for _, quads in parsed:
        asserted.bulk_extend(quads)
    for constraint in Shapes(rooms.shapes).constraints:
        for row in asserted.query(constraint.query):  # type: ignore[union-attr]
            value = row[1].value if len(row) > 1 and row[1] is not None else ""
            yield {
                "severity": constraint.severity,
                "rule": constraint.shape.rsplit("#", 1)[-1],
                "focus": row[0].value,
                "message": constraint.messages["en"],
                "message_ru": constraint.messages.get("ru", constraint.messages["en"]),
                "value": ref(value),
            }


def _pointed(parsed: list[tuple[str, list]]) -> Iterable[dict[str, str]]:
    """Terms that no vocabulary declares, addresses that nothing describes, nodes without an address."""
    quads = [(name, quad) for name, statements in parsed for quad in statements]
    described = {quad.subject for _, quad in quads}
    pointed = {quad.object for _, quad in quads}
    # a version points to its provision and a succession to both its ends: they are found without being pointed to
    upward = (f"{ELI}is_member_of", f"{NS}earlier")
    found = {quad.subject for _, quad in quads if quad.predicate.value in upward}
    for subject in sorted(described - pointed - found, key=str):
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE) and "." in subject.value.rsplit("/", 1)[-1]:
            text = "a part that nothing points to; point to it from the thing it belongs to, or delete it"
            ru = "часть, на которую ничто не указывает; сошлитесь на неё или удалите"
            yield {"severity": "violation", "rule": "orphan", "focus": subject.value, "message": text, "message_ru": ru}
    for name, quad in quads:
        base = {"severity": "violation", "file": name, "focus": quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""}
        predicate, target = quad.predicate, quad.object
        if predicate not in described:
            text = f"no vocabulary declares {predicate.value}; use a declared term"
            yield base | {"rule": "undeclared-term", "message": text, "message_ru": f"термин {predicate.value} не объявлен; возьмите объявленный"}
        if isinstance(target, ox.NamedNode) and target.value.startswith((BASE, NS)) and target not in described:
            text = f"points to {ref(target.value)}, which nothing describes; mend the address or describe it"
            ru = f"указывает на {ref(target.value)}, чего в графе нет; исправьте адрес или опишите"
            yield base | {"rule": "dangling", "message": text, "message_ru": ru, "value": ref(target.value)}
        if isinstance(quad.subject, ox.BlankNode) or isinstance(target, ox.BlankNode):
            text = "a node without an address cannot be cited; give it one"
            yield base | {"rule": "blank-node", "message": text, "message_ru": "на узел без адреса нельзя сослаться; дайте ему адрес"}


def private(rooms: Rooms) -> list[dict[str, str]]:
    """Whatever in words, addresses or file names could lead to a person. Raises BadFile where a file is no Turtle."""
    return list(_private(_parsed(rooms)))


def _private(parsed: list[tuple[str, list]]) -> Iterable[dict[str, str]]:
    for name, statements in parsed:
        for told in _exposed(name):
            yield _privacy_row(told, "", name, "1")
        for quad in statements:
            texts = [term.value for term in (quad.subject, quad.predicate, quad.object) if not isinstance(term, ox.BlankNode)]
            published = quad.predicate.value in _PUBLISHED
            for text in texts:
                for told in _exposed(text):
                    if not (published and told == "initials"):
                        yield _privacy_row(told, quad.subject.value if isinstance(quad.subject, ox.NamedNode) else "", name, "")


@cache
def _exposed(text: str) -> list[str]:
    return [kind for kind, (pattern, _, _) in _PRIVACY.items() if pattern.search(text)]


def _privacy_row(kind: str, focus: str, file: str, line: str) -> dict[str, str]:
    _, english, russian = _PRIVACY[kind]
    return {
        "severity": "violation", "rule": f"privacy-{kind}", "focus": focus, "file": file, "line": line,
        "message": f"holds what looks like {english}; take it out", "message_ru": f"содержит, похоже, {russian}; уберите",
    }


def exposed_lines(text: str) -> list[tuple[int, str]]:
    """The lines of a text (an output, say) in which something could lead to a person: (line, kind)."""
    return [(number, kind) for number, line in enumerate(text.splitlines(), 1) for kind in _exposed(line)]


def jigsaw(store: Store) -> list[dict[str, str]]:
    """Cases with private victims of which the accounts together tell month, place, group and act, and so may single out a person."""
    rows = []
    for row in answer(store, "jigsaw").records():
        rows.append({
            "severity": "info", "rule": "jigsaw", "focus": row["case"], "value": row["told"],
            "message": f"{row['accounts']} account(s) together tell {row['told']}; think before you add a detail",
            "message_ru": f"изложений: {row['accounts']}; вместе они сообщают: {row['told']}; подумайте, прежде чем добавлять подробность",
        })
    homes = _Homes(store.rooms, _parsed(store.rooms))
    return [{"file": homes.file(row["focus"]), "line": homes.line(homes.file(row["focus"]), row["focus"])} | row for row in rows]


class _Homes:
    """Where things are described: the files that say anything of them, and the line there."""

    def __init__(self, rooms: Rooms, parsed: list[tuple[str, list]]) -> None:
        self.bodies = dict(rooms.turtle)
        self.said: dict[str, list[str]] = {}
        self.pointed: dict[str, list[str]] = {}
        self.lines: dict[str, dict[str, str]] = {}
        for name, quads in parsed:
            for places, terms in ((self.said, {quad.subject for quad in quads}), (self.pointed, {quad.object for quad in quads})):
                for term in terms:
                    if isinstance(term, ox.NamedNode):
                        places.setdefault(term.value, []).append(name)

    def file(self, focus: str, within: "set[str] | None" = None) -> str:
        """The file that describes it, one of ``within`` where one there speaks of it; nothing where no file does."""
        iri = focus if "://" in focus else BASE + focus
        said = self.said.get(iri, [])
        for name in [*said, *self.pointed.get(iri, [])]:
            if within is not None and name in within:
                return name
        return min(said, key=lambda name: self.line(name, focus) == "") if said else ""

    def line(self, file: str, focus: str) -> str:
        """The line on which a statement about it begins, or else the first that mentions it; nothing where none can be told."""
        if file not in self.lines:
            begun: dict[str, str] = {}
            mentioned: dict[str, str] = {}
            text = self.bodies.get(file, b"").decode("utf-8", "replace")
            prefixes = dict(re.findall(r"(?i)(?:@prefix|\bPREFIX)\s+(\S*?):\s*<([^>]*)>", text))
            for number, line in enumerate(text.splitlines(), 1):
                for match in re.finditer(r"(?<![\w\\-])([\w-]*):((?:\\.|[^\s;,\\])+)|<([^>]*)>", line):
                    iri = match[3] or prefixes.get(match[1], "\0") + re.sub(r"\\(.)", r"\1", match[2] or "").rstrip(".")
                    (begun if not line[: match.start()].strip() else mentioned).setdefault(iri, str(number))
            self.lines[file] = mentioned | begun
        return self.lines[file].get(focus if "://" in focus else BASE + focus, "")


def turtle_files(paths: Iterable["str | Path"]) -> list[Path]:
    """The files named and the Turtle files below the folders named. Raises BadFile where a path is not there or holds none."""
    files: list[Path] = []
    for path in map(Path, paths):
        below = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        if not path.exists() or not below:
            told = "no Turtle file below it" if path.exists() else "no such file or folder"
            raise BadFile(f"{path}: {told}; name a Turtle file or a folder of them")
        files += below
    return files


def overlaid(rooms: Rooms, paths: list[str]) -> tuple[Rooms, set[str]]:
    """The rooms with the Turtle files of ``paths`` laid over them, and the names of those files.

    A file that is one of the rooms' own counts once, and their shapes are never laid over as data. Raises BadFile where a path cannot be read.
    """
    tops = {"ontology": rooms.ontology, "data": rooms.data, "outside": rooms.outside or rooms.data}
    own = {os.path.realpath(tops[top] / below): f"{top}/{below}" for top, _, below in (name.partition("/") for name, _ in [*rooms.turtle, *rooms.shapes])}
    files = turtle_files(paths)
    names: set[str] = set()
    added = []
    for file in files:
        known = own.get(os.path.realpath(file))
        if known is None:
            try:
                added.append((str(file), file.read_bytes()))
            except OSError as error:
                raise BadFile(f"{file}: {error.strerror}; make the file readable") from None
        names.add(known or str(file))
    laid = Rooms(rooms.ontology, rooms.data, rooms.queries)
    laid.__dict__["turtle"] = [*rooms.turtle, *added]
    return laid, names
