"""Faults in the data: shapes, dangling and undeclared terms, form, privacy. A fault is a row, never an exception."""

import os
import re
from collections.abc import Iterable
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

# What may not stand in any word, address or file name. Each pattern has a planted example in tests/broken/privacy.csv.
_PRIVACY = {
    "e-mail": (
        re.compile(r"[\w.+-]+@(?!example\.(?:org|com)\b)[\w-]+\.\w{2,}"),
        "an e-mail address",
        "адрес электронной почты",
    ),
    "phone": (
        re.compile(r"(?<![\w.])(?:\+7|8)[\s(-]{0,2}7\d{2}[\s)-]{0,2}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)"),
        "a telephone number",
        "номер телефона",
    ),
    "handle": (
        re.compile(r"(?<![\w/.])@[A-Za-z_][\w.]{2,}"),
        "a handle of a social network",
        "имя в социальной сети",
    ),
    "identity-number": (
        re.compile(r"(?<![\w/.])\d{12}(?!\w)"),
        "a number as long as a personal identification number",
        "число длиной с ИИН",
    ),
    "initials": (
        re.compile(r"(?<!\w)(?:[A-ZА-ЯӘҒҚҢӨҰҮІ]\.\s?){1,2}[A-ZА-ЯӘҒҚҢӨҰҮІ][a-zа-яәғқңөұүһі]{2,}(?! (?:v|против)\.? )"),
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

    Messages are in English; ``message_ru`` beside ``message`` holds the Russian.
    """
    rooms = store.rooms
    parsed = _parsed(rooms)
    found = [*_shaped(rooms, parsed), *_pointed(parsed), *_private(parsed)]
    homes = _Homes(rooms)
    rows = []
    for row in found:
        file, line = (row["file"], row["line"]) if row.get("file") else homes.of(row["focus"])
        if within is None or file in within:
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
    for _, quad in quads:
        base = {"severity": "violation", "focus": quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""}
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
            texts = [quad.subject.value] if isinstance(quad.subject, ox.NamedNode) else []
            published = quad.predicate.value in _PUBLISHED
            if isinstance(quad.object, ox.Literal):
                texts.append(quad.object.value)
            for text in texts:
                for told in _exposed(text):
                    if not (published and told == "initials"):
                        yield _privacy_row(told, quad.subject.value, "", "")


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
    homes = _Homes(store.rooms)
    return [{"file": homes.of(row["focus"])[0], "line": homes.of(row["focus"])[1]} | row for row in rows]


class _Homes:
    """Where each thing is described: file and line, found by the prefixes of the file."""

    def __init__(self, rooms: Rooms) -> None:
        self.places: dict[str, tuple[str, str]] = {}
        for name, body in rooms.turtle:
            text = body.decode("utf-8")
            prefixes = dict(re.findall(r"(?:@prefix|PREFIX)\s+(\S*):\s*<([^>]*)>", text))
            for number, line in enumerate(text.splitlines(), 1):
                match = re.match(r"([\w-]*):(\S+)|<([^>]*)>", line)
                if match and (match[3] or match[1] in prefixes):
                    iri = match[3] or prefixes[match[1]] + match[2].replace("\\", "")
                    self.places.setdefault(iri, (name, str(number)))

    def of(self, focus: str) -> tuple[str, str]:
        iri = focus if "://" in focus else BASE + focus
        return self.places.get(iri, ("", ""))


def overlaid(rooms: Rooms, paths: list[str]) -> tuple[Rooms, set[str]]:
    """The rooms with the Turtle files of ``paths`` laid over them, and the names of those files.

    A file that is one of the rooms' own counts once. Raises BadFile where a path cannot be read.
    """
    own = {os.path.realpath(rooms.data / name.removeprefix("data/")): name for name, _ in rooms.turtle if name.startswith("data/")}
    files: list[Path] = []
    for path in map(Path, paths):
        if not path.exists():
            raise BadFile(f"{path}: no such file or folder; name a Turtle file or a folder of them")
        files += sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
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
