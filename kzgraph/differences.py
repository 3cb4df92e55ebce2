"""The difference of two versions of the data: by entity, in words; what it changes in the answers; what it discloses."""

import io
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from kzgraph.checks import jigsaw, private
from kzgraph.errors import BadFile, BadValue, one_line
from kzgraph.questions import answer, catalogue, question
from kzgraph.rooms import Rooms, open_rooms
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import BASE, LANGUAGES, NS, ref, slug

_LABELS = ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title", "http://www.w3.org/2000/01/rdf-schema#label")
_DESCRIPTION = "http://purl.org/dc/terms/description"  # stands in where a title is missing in the language
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^.*)?', re.DOTALL)
_FINER = {"period": 0, "year": 1, "month": 2, "day": 3}  # precision codes, from the coarsest
_SKIPPED = ("own-words", "addresses", "sentences", "schema", "codes")  # questions about words: what they show is told by entity


class Difference:
    """Two versions held together. Tables ``entities``, ``effects``, ``privacy``; ``title`` names the versions, ``notes`` what is to be said."""

    def __init__(self, title: str, tables: dict[str, Table], notes: Sequence[str]) -> None:
        self.title, self.tables, self.notes = title, tables, tuple(notes)
        self.entities, self.effects, self.privacy = (tables[name] for name in ("entities", "effects", "privacy"))

    @property
    def empty(self) -> bool:
        """Whether nothing that is stated differs, whatever the order and form of the files."""
        return not any(table.rows for table in self.tables.values())

    def write(self, form: str) -> str:
        """``text`` and ``md`` for reading, ``json`` with every table, ``csv`` the entities alone."""
        if form == "csv":
            return self.entities.write("csv")
        if form == "json":
            import json

            told = {"title": self.title, "notes": list(self.notes)} | {name: table.records() for name, table in self.tables.items()}
            return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        block = "md" if form == "md" else "table"
        head = f"# {self.title}" if form == "md" else self.title
        parts = [head, *(table.write(block) for table in self.tables.values() if table.rows), *self.notes]
        return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def side(rooms: Rooms, name: str) -> Rooms:
    """One version: a folder (a root of ontology, data and queries, or of data alone) or a git revision of the checkout of ``rooms``.

    The named questions are always those of ``rooms``; words and rules are the version's own where it has them.
    Raises BadValue where the name is neither, BadFile where a file of it cannot be read.
    """
    path = Path(name)
    if name and path.is_dir():
        if (path / "ontology").is_dir() and (path / "data").is_dir():
            own = open_rooms(path)
            files, rules = own.turtle, own.rules if (path / "queries" / "rules").is_dir() else rooms.rules
        else:
            files, rules = open_rooms(rooms.ontology.parent, path).turtle, rooms.rules
        return _version(rooms, files, rules)
    return _revision(rooms, name)


def difference(old: Store, new: Store, *, at: str, lang: str = "en", names: tuple[str, str] = ("", "")) -> Difference:
    """What differs between two stores on the day ``at``, told in ``lang``.

    ``entities``: change (added, removed, changed), kind, thing, label, part, property, before, after. ``effects``: what (gap, verdict, answer,
    figure), change, thing, label, before, after. ``privacy``: change, thing, label, told. A part (a version, a list, a citation) is told with the thing
    it belongs to.

    >>> difference(graph, graph, at="2026-11-20").empty
    True

    The order and form of files never differ: statements are compared, not lines.
    """
    told = {name.removeprefix("sentence/diff-"): text for name, text, _ in answer(_wordbook(new.rooms), "sentences", lang=lang).rows}
    before, after = (Store(_bare(store.rooms), cache=False, restricted=True).statements() for store in (old, new))
    words = _Words(before | after, lang)
    tables = {
        "entities": _entities(before, after, words),
        "effects": _effects(old, new, at, lang),
        "privacy": _privacy(old, new, before, after, words, told),
    }
    for name, table in tables.items():
        table.title = told[name]
    versions = [f"{name} (data {store.rooms.version})" if name else f"data {store.rooms.version}" for name, store in zip(names, (old, new), strict=True)]
    notes = [told["rules"]] if old.rooms.rules != new.rooms.rules else []
    if not any(table.rows for table in tables.values()):
        notes.append(told["empty"])
    return Difference(" → ".join(versions), tables, [*notes, f"answers as of {at}, language {lang}"])


# ---- the two sides ----


def _version(rooms: Rooms, files: list, rules: list) -> Rooms:
    made = Rooms(rooms.ontology, rooms.data, rooms.queries)
    made.__dict__.update(turtle=files, rules=rules)
    return made


def _wordbook(rooms: Rooms) -> Store:
    """The program's own sentences: an old version has not yet all of them."""
    fresh = Rooms(rooms.ontology, rooms.data, rooms.queries)
    return Store(_version(rooms, [(name, body) for name, body in fresh.turtle if name.startswith("ontology/")], []), cache=False)


def _bare(rooms: Rooms) -> Rooms:
    return _version(rooms, [(name, body) for name, body in rooms.turtle if not name.startswith("ontology/")], [])


def _revision(rooms: Rooms, name: str) -> Rooms:
    import tarfile

    top = rooms.queries.parent
    if name.startswith("-") or not name:
        raise BadValue(f"{name!r}: neither a folder nor a git revision; name one of the two")
    commit = _git(top, name, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").decode().strip()
    prefix = _git(top, name, "rev-parse", "--show-prefix").decode().strip()
    body = _git(top, name, "archive", "--format=tar", f"{commit}:{prefix}" if prefix else commit)
    turtle, rules = [], []
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        for member in archive:
            taken = member.name.endswith((".ttl", ".rq")) and member.isfile()
            if taken and member.name.startswith(("ontology/", "data/")) and not member.name.startswith("ontology/shapes/"):
                turtle.append((member.name, archive.extractfile(member).read()))  # type: ignore[union-attr]
            elif taken and member.name.startswith("queries/rules/"):
                rules.append((member.name, archive.extractfile(member).read().decode()))  # type: ignore[union-attr]
    if not turtle:
        raise BadValue(f"{name}: that revision holds no data; name one that does")
    return _version(rooms, sorted(turtle), sorted(rules) or rooms.rules)


def _git(top: Path, name: str, *arguments: str) -> bytes:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(["git", "-C", str(top), *arguments], capture_output=True, env=clean, timeout=120, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BadFile(f"{name}: git did not answer ({one_line(error)[:80]}); name a folder in place of a revision") from None
    if done.returncode:
        told = one_line(done.stderr.decode(errors="replace"))[:100] or "no such revision"
        raise BadValue(f"{name}: neither a folder nor a git revision here ({told}); name one of the two")
    return done.stdout


# ---- by entity ----


class _Words:
    """Labels of things and properties, values as a reader reads them."""

    def __init__(self, statements: set[tuple[str, str, str]], lang: str) -> None:
        self.lang = lang
        self.kinds: dict[str, str] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.told: dict[str, dict[str, str]] = {}
        for subject, key, value in statements:
            if key == _TYPE:
                self.kinds[subject] = min(value, self.kinds.get(subject, value))
            elif key in _LABELS or key == _DESCRIPTION:
                match = _LITERAL.fullmatch(value)
                if match and match[2] in LANGUAGES:
                    found = (self.labels if key in _LABELS else self.told).setdefault(subject, {})
                    found[match[2]] = min(_plain(value), found.get(match[2], _plain(value)))

    def label(self, iri: str) -> str:
        found, told = self.labels.get(iri, {}), self.told.get(iri, {})
        return found.get(self.lang) or told.get(self.lang) or found.get("en") or told.get("en") or found.get("ru") or ""

    def kind(self, iri: str) -> str:
        return slug(self.kinds.get(iri, "")) or ref(iri).partition("/")[0]

    def value(self, value: str) -> str:
        if not value.startswith('"'):
            return ref(value)
        match = _LITERAL.fullmatch(value)
        tag = f" ({match[2]})" if match and match[2] else ""
        return f"«{_plain(value)}»{tag}" if tag or (match and "^^" not in value) else _plain(value)


def _plain(value: str) -> str:
    match = _LITERAL.fullmatch(value)
    text = match[1] if match else value
    return one_line(text.replace('\\"', '"').replace("\\n", " ").replace("\\r", " ").replace("\\t", " ").replace("\\\\", "\\"))


def _owner(iri: str) -> tuple[str, str]:
    """The thing that a part belongs to, and the part's own name: a version, a list, an account, a citation."""
    if not iri.startswith(BASE):
        return iri, ""
    head, slash, last = iri.rpartition("/")
    whole, _, part = last.partition(".")
    return head + slash + whole, part


def _entities(before: set, after: set, words: _Words) -> Table:
    owners = [{_owner(subject)[0] for subject, _, _ in side} for side in (before, after)]
    cells: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
    counts: dict[str, int] = {}
    for at, statements in enumerate((before - after, after - before)):
        for subject, key, value in statements:
            owner, part = _owner(subject)
            if owner in owners[0] and owner in owners[1]:
                cells.setdefault((owner, part, key), ([], []))[at].append(words.value(value))
            else:
                counts[owner] = counts.get(owner, 0) + 1
    rows = []
    for owner, count in counts.items():
        change = "added" if owner in owners[1] else "removed"
        numbers = ("", str(count)) if change == "added" else (str(count), "")
        rows.append((change, words.kind(owner), ref(owner), words.label(owner), "", "statements", *numbers))
    for (owner, part, key), (old, new) in cells.items():
        told = ("changed", words.kind(owner), ref(owner), words.label(owner), part, _property(key))
        rows.append((*told, " | ".join(sorted(old)), " | ".join(sorted(new))))
    columns = ("change", "kind", "thing", "label", "part", "property", "before", "after")
    return Table(columns, rows, show=("thing", "label", "part", "property", "before", "after"), group="change").sorted()


def _property(key: str) -> str:
    return f"kz:{key.removeprefix(NS)}" if key.startswith(NS) else slug(key)


# ---- effect ----


def _effects(old: Store, new: Store, at: str, lang: str) -> Table:
    rows: list[tuple[str, ...]] = []

    def compared(what: str, name: str, keys: tuple[str, ...], shown: tuple[str, ...], label: tuple[str, ...], **values: str) -> None:
        sides = [{tuple(row[key] for key in keys): row for row in answer(store, name, **values).records()} for store in (old, new)]
        for key in sorted(set(sides[0]) | set(sides[1])):
            one, two = sides[0].get(key), sides[1].get(key)
            told = [", ".join(row[column] for column in shown if row[column]) if row else "" for row in (one, two)]
            if told[0] != told[1] or (one is None) != (two is None):
                change = "appears" if one is None else "disappears" if two is None else "changes"
                row = two or one or {}
                rows.append((what, change, " × ".join(key), ", ".join(row[column] for column in label), *told))

    day = {"at": at, "lang": lang}
    compared("gap", "gaps", ("gap",), ("verdict_label", "since", "until"), ("type_label", "provision_label", "ground_label"), **day)
    compared("verdict", "matrix", ("provision", "ground"), ("verdict_label",), ("provision_label", "ground_label"), **day)
    compared("figure", "list-figures", ("figure",), ("value", "unit", "period"), ("counts",), lang=lang)
    for name in catalogue(new.rooms):
        asked = question(new.rooms, name)
        if name in _SKIPPED or set(asked.params) - {"at", "lang"}:
            continue
        values = {key: value for key, value in day.items() if key in asked.params}
        one, two = (set(answer(store, name, **values).rows) for store in (old, new))
        if one != two:
            rows.append(("answer", "changes", name, asked.title[lang], f"−{len(one - two)}", f"+{len(two - one)}"))
    columns = ("what", "change", "thing", "label", "before", "after")
    order = {"gap": 0, "verdict": 1, "figure": 2, "answer": 3}
    rows.sort(key=lambda row: (order[row[0]], row[1:]))
    return Table(columns, rows, show=("change", "thing", "label", "before", "after"), group="what")


# ---- privacy ----


def _privacy(old: Store, new: Store, before: set, after: set, words: _Words, told: dict[str, str]) -> Table:
    rows: list[tuple[str, str, str, str]] = []

    def add(change: str, iri: str, value: str = "") -> None:
        owner = _owner(iri)[0]
        rows.append((change, ref(owner), words.label(owner), f"{told[change]}{': ' if value else ''}{value}"))

    files = [set(store.rooms.turtle) for store in (old, new)]
    changed = [_version(old.rooms, sorted(mine - other), []) for mine, other in (files, files[::-1])]  # what is the same discloses nothing new
    gate = [{(row["rule"], row["focus"], row["message"]) for row in private(rooms)} for rooms in changed]
    for rule, focus, _ in gate[1] - gate[0]:
        add("identifier", focus if "://" in focus else BASE + focus, rule.removeprefix("privacy-"))
    singled = [{(row["focus"], row["value"]) for row in jigsaw(store)} for store in (old, new)]
    for focus, value in singled[1] - singled[0]:
        add("jigsaw", BASE + focus, value)

    def values(statements: set, name: str) -> dict[str, str]:
        return {subject: value for subject, key, value in statements if key == NS + name}

    tiers = [values(side, "tier") for side in (before, after)]
    present = {subject for subject, _, _ in after}
    for subject, tier in tiers[0].items():
        now = tiers[1].get(subject, "")
        if slug(tier) == "restricted" and slug(now) != "restricted" and subject in present:
            add("tier", subject, f"{slug(tier)} → {slug(now) or '–'}")
    finer = [values(side, "precision") for side in (before, after)]
    for subject, code in finer[1].items():
        was = finer[0].get(subject)
        if was and _FINER.get(slug(code), 0) > _FINER.get(slug(was), 0):
            add("precision", subject, f"{slug(was)} → {slug(code)}")
    for name, change in (("place", "place"), ("toldPlace", "place")):
        places = [values(side, name) for side in (before, after)]
        for subject, place in places[1].items():
            if subject in {one for one, _, _ in before} and places[0].get(subject) != place:
                add(change, subject, f"{ref(places[0].get(subject, '')) or '–'} → {ref(place)}")
    public = [values(side, "publicEvent") for side in (before, after)]
    for subject, value in public[1].items():
        if "true" in value and "false" in public[0].get(subject, ""):
            add("public", subject)
    for subject, key, value in after - before:
        if key == NS + "address":
            add("address", subject, _plain(value))
    return Table(("change", "thing", "label", "told"), sorted(set(rows)), show=("thing", "label", "told")).sorted()
