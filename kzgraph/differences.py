"""The difference of two versions of the data: by entity, in words; what it changes in the answers; what it discloses."""

import io
import os
import re
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kzgraph.checks import jigsaw, private
from kzgraph.errors import BadFile, BadValue, one_line
from kzgraph.questions import a_date, answer, catalogue, question
from kzgraph.rooms import Rooms, inward, open_rooms
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import BASE, LANGUAGES, NS, ref, slug

_LABELS = ("http://www.w3.org/2004/02/skos/core#prefLabel", "http://purl.org/dc/terms/title", "http://www.w3.org/2000/01/rdf-schema#label")
_DESCRIPTION = "http://purl.org/dc/terms/description"  # stands in where a title is missing in the language
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([\w-]+)|\^\^.*)?', re.DOTALL)
_FINER = {"period": 0, "year": 1, "month": 2, "day": 3}  # precision codes, from the coarsest
_RECORDS = ("Case", "Account")  # the classes of which a new property could lead to a person
_WIDENS, _HOLDS = ("lets", "letsProperty", "letsOutside", "letsTier", "extendsProfile"), ("onlyPointedTo", "goesAlong", "toTheMonth")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # characters that move or hide the text around them
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
    Raises BadValue where the name is neither, RoomMissing where the folder holds no Turtle file, BadFile where a file of it cannot be read.
    """
    path = Path(name)
    if name and os.path.isdir(name):
        if (path / "ontology").is_dir() and (path / "data").is_dir():
            own = open_rooms(path)
            files, rules = own.turtle, own.rules if (path / "queries" / "rules").is_dir() else rooms.rules
        else:
            files, rules = open_rooms(rooms.ontology.parent, path).turtle, rooms.rules
        return _version(rooms, files, rules)
    return _revision(rooms, name)


def difference(old: Store, new: Store, *, at: "str | date", lang: str = "en", names: tuple[str, str] = ("", "")) -> Difference:
    """What differs between two stores on the day ``at``, told in ``lang``.

    ``entities``: change (added, removed, changed), kind, thing, label, part, property, before, after. ``effects``: what (gap, verdict, answer,
    wording), change, thing, label, before, after; gaps and wordings of any day, verdicts of the day ``at``. ``privacy``: change, thing, label, told. A part
    (a version, a list, a citation) is told with the thing it belongs to. What a store withholds (the restricted tier) no table tells of.

    >>> difference(graph, graph, at="2026-11-20").empty
    True

    The order and form of files never differ: statements are compared, not lines. Raises BadValue where ``at`` is no day, and for a store with a profile: both
    sides are compared as they are kept, so the result could tell more than the profile lets out.
    """
    at = a_date("at", at)
    if old.profile or new.profile:
        raise BadValue("a difference is told to who keeps the data; take stores without a profile")
    book = _wordbook(new.rooms)
    told = {name.removeprefix("sentence/diff-"): text for name, text, _ in answer(book, "sentences", lang=lang).rows}
    before, after = (Store(_bare(store.rooms), cache=False, restricted=store.restricted).statements() for store in (old, new))
    graphs = [store.statements() for store in (old, new)]
    words = _Words(graphs[0] | graphs[1], lang, _Words(book.statements(), lang))  # the labels of provisions are derived
    tables = {
        "entities": _entities(before, after, words, told["statements"]),
        "effects": _effects(old, new, at, lang, graphs, words),
        "privacy": _privacy(old, new, before, after, words, told),
    }
    for name, table in tables.items():
        table.title = told[name]
    versions = [f"{name} (data {store.rooms.version})" if name else f"data {store.rooms.version}" for name, store in zip(names, (old, new), strict=True)]
    notes = [told["rules"]] if old.rooms.rules != new.rooms.rules else []
    if _vocabulary(old.rooms) != _vocabulary(new.rooms):
        notes.append(told["vocabulary"])
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


def _vocabulary(rooms: Rooms) -> set[tuple[str, str, str]]:
    """What the version's ontology states, its profiles included."""
    files = [(name, body) for name, body in rooms.turtle if name.startswith("ontology/")]
    return Store(_version(rooms, files, []), cache=False, restricted=True).statements()


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
            taken = member.name.endswith((".ttl", ".rq")) and member.isfile() and not member.name.rpartition("/")[2].startswith(".")
            if taken and member.name.startswith(("ontology/", "data/")) and not member.name.startswith("ontology/shapes/"):
                turtle.append((member.name, archive.extractfile(member).read()))  # type: ignore[union-attr]
            elif taken and member.name.startswith("queries/rules/"):
                text = archive.extractfile(member).read().decode(errors="replace")  # type: ignore[union-attr]
                rules.append((member.name, inward(text, f"{name}: {member.name}")))
    if not any(file.startswith("data/") for file, _ in turtle):
        raise BadValue(f"{name}: that revision holds no data; name one that does")
    return _version(rooms, sorted(turtle), sorted(rules) or rooms.rules)


def _git(top: Path, name: str, *arguments: str) -> bytes:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    try:
        done = subprocess.run(["git", "-C", str(top), *arguments], capture_output=True, env=clean, timeout=120, stdin=subprocess.DEVNULL)
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise BadFile(f"{name}: git did not answer ({one_line(error)[:80]}); name a folder in place of a revision") from None
    if done.returncode:
        told = one_line(done.stderr.decode(errors="replace"))[:100] or "no such revision"
        raise BadValue(f"{name}: neither a folder nor a git revision here ({told}); name one of the two")
    return done.stdout


# ---- by entity ----


class _Words:
    """Labels of things and properties, values as a reader reads them; ``book`` holds those of classes, properties and codes."""

    def __init__(self, statements: set[tuple[str, str, str]], lang: str, book: "_Words | None" = None) -> None:
        self.lang, self.book = lang, book
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
        own = found.get(self.lang) or told.get(self.lang) or found.get("en") or told.get("en") or found.get("ru") or ""
        return own or (self.book.label(iri) if self.book else "")

    def kind(self, iri: str) -> str:
        kind = self.kinds.get(iri, "")
        return self.label(kind) or slug(kind) or ref(iri).partition("/")[0]

    def property(self, key: str) -> str:
        return self.label(key) or (f"kz:{key.removeprefix(NS)}" if key.startswith(NS) else slug(key))

    def value(self, value: str) -> str:
        if not value.startswith('"'):
            return ref(value)
        match = _LITERAL.fullmatch(value)
        tag = f" ({match[2]})" if match and match[2] else ""
        return f"«{_plain(value)}»{tag}" if tag or (match and "^^" not in value) else _plain(value)


def _plain(value: str) -> str:
    match = _LITERAL.fullmatch(value)
    text = re.sub(r'\\([nrt"\\])', lambda found: found[1] if found[1] in '"\\' else " ", match[1] if match else value)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04X}", one_line(text))


def _owner(iri: str) -> tuple[str, str]:
    """The thing that a part belongs to, and the part's own name: a version, a list, an account, a citation."""
    if not iri.startswith(BASE):
        return iri, ""
    head, slash, last = iri.rpartition("/")
    whole, _, part = last.partition(".")
    return head + slash + whole, part


def _entities(before: set, after: set, words: _Words, statements: str) -> Table:
    owners = [{_owner(subject)[0] for subject, _, _ in side} for side in (before, after)]
    cells: dict[tuple[str, str, str], tuple[list[str], list[str]]] = {}
    counts: dict[str, int] = {}
    for at, side in enumerate((before - after, after - before)):
        for subject, key, value in side:
            owner, part = _owner(subject)
            if owner in owners[0] and owner in owners[1]:
                cells.setdefault((owner, part, key), ([], []))[at].append(words.label(value) or ref(value) if key == _TYPE else words.value(value))
            else:
                counts[owner] = counts.get(owner, 0) + 1
    rows = []
    for owner, count in counts.items():
        change = "added" if owner in owners[1] else "removed"
        numbers = ("", str(count)) if change == "added" else (str(count), "")
        rows.append((change, words.kind(owner), ref(owner), words.label(owner), "", statements, *numbers))
    for (owner, part, key), (old, new) in cells.items():
        told = ("changed", words.kind(owner), ref(owner), words.label(owner), part, words.property(key))
        rows.append((*told, " | ".join(sorted(old)), " | ".join(sorted(new))))
    columns = ("change", "kind", "thing", "label", "part", "property", "before", "after")
    return Table(columns, rows, show=("thing", "label", "part", "property", "before", "after"), group="change").sorted()


# ---- effect ----


def _effects(old: Store, new: Store, at: str, lang: str, graphs: list[set], words: _Words) -> Table:
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
    told = {row[2] for row in rows}
    rows += [row for row in _spelled(old, new, graphs, words) if row[2] not in told]
    rows += _worded(graphs, words)
    for name in catalogue(new.rooms):
        asked = question(new.rooms, name)
        if name in _SKIPPED or set(asked.params) - {"at", "lang"}:
            continue
        values = {key: value for key, value in day.items() if key in asked.params}
        one, two = (set(answer(store, name, **values).rows) for store in (old, new))
        if one != two:
            rows.append(("answer", "changes", name, asked.title[lang], f"−{len(one - two)}", f"+{len(two - one)}"))
    columns = ("what", "change", "thing", "label", "before", "after")
    order = {"gap": 0, "verdict": 1, "wording": 2, "figure": 3, "answer": 4}
    rows.sort(key=lambda row: (order[row[0]], row[1:]))
    return Table(columns, rows, show=("change", "thing", "label", "before", "after"), group="what")


def _change(one: str, two: str) -> str:
    return "changes" if one and two else "appears" if two else "disappears"


def _spelled(old: Store, new: Store, graphs: list[set], words: _Words) -> list[tuple[str, ...]]:
    """The gaps of which the spells differ, those closed long ago included."""
    sides: list[dict[str, str]] = []
    for store in (old, new):
        found: dict[str, list[str]] = {}
        for gap, since, until in answer(store, "gap-spells").rows:
            found.setdefault(gap, []).append(f"{since}–{until}")
        sides.append({gap: "; ".join(sorted(spells)) for gap, spells in found.items()})
    of: dict[str, dict[str, str]] = {}
    for subject, key, value in graphs[0] | graphs[1]:
        if key in (NS + "gapType", NS + "onProvision", NS + "ground"):
            of.setdefault(ref(subject), {})[slug(key)] = value
    rows: list[tuple[str, ...]] = []
    for gap in sides[0].keys() | sides[1].keys():
        one, two = (spells.get(gap, "") for spells in sides)
        if one != two:
            label = ", ".join(words.label(of[gap][name]) for name in ("gapType", "onProvision", "ground") if name in of.get(gap, {}))
            rows.append(("gap", _change(one, two), gap, label, one, two))
    return rows


def _worded(graphs: list[set], words: _Words) -> list[tuple[str, ...]]:
    """The versions that the rules judge otherwise, whatever the day: what they name, and the verdict for the grounds that they do not name."""
    keys = [NS + name for name in ("names", "namesBroader", "otherwise")]
    sides: list[dict[str, set[tuple[str, str]]]] = []
    for graph in graphs:
        found: dict[str, set[tuple[str, str]]] = {}
        for subject, key, value in graph:
            if key in keys:
                found.setdefault(subject, set()).add((key, value))
        sides.append(found)
    rows: list[tuple[str, ...]] = []
    for version in sides[0].keys() | sides[1].keys():
        one, two = (side.get(version, set()) for side in sides)
        if one != two:
            texts = []
            for own in (one - two, two - one):
                named = {key: ", ".join(sorted(words.label(value) or ref(value) for found, value in own if found == key)) for key in keys}
                texts.append("; ".join(f"{words.property(key)}: {text}" for key, text in named.items() if text))
            rows.append(("wording", _change("1" if one else "", "1" if two else ""), ref(version), words.label(_owner(version)[0]), *texts))
    return rows


# ---- privacy ----


def _privacy(old: Store, new: Store, before: set, after: set, words: _Words, told: dict[str, str]) -> Table:
    rows: list[tuple[str, str, str, str]] = []
    whole = [Store(_version(store.rooms, store.rooms.turtle, []), cache=False, restricted=True).statements() for store in (old, new)]
    tiers = [_values(side, "tier") for side in whole]
    hidden = {subject for subject, found in tiers[1].items() if "restricted" in found and not new.restricted}

    def add(change: str, iri: str, value: str = "") -> None:
        owner = _owner(iri)[0]
        if owner not in hidden:
            rows.append((change, ref(owner), words.label(owner), f"{told[change]}{': ' if value else ''}{value}"))

    for rule, focus in _identifying(old.rooms, new.rooms, whole):
        add("identifier", focus, rule.removeprefix("privacy-"))
    singled = [{(row["focus"], row["value"]) for row in jigsaw(store)} for store in (old, new)]
    for focus, value in singled[1] - singled[0]:
        add("jigsaw", BASE + focus, value)
    present, known = ({subject for subject, _, _ in side} for side in (after, before))
    for subject, tier in tiers[0].items():
        now = tiers[1].get(subject, set())
        if subject in present and tier - now and "restricted" not in now and (not now or "restricted" in tier):
            add("tier" if now else "untiered", subject, f"{', '.join(sorted(tier))} → {', '.join(sorted(now)) or '–'}")
    finer = [_values(side, "precision") for side in (before, after)]
    for subject, codes in finer[1].items():
        was = finer[0].get(subject)
        if was and max(_FINER.get(code, 0) for code in codes) > max(_FINER.get(code, 0) for code in was):
            add("precision", subject, f"{', '.join(sorted(was))} → {', '.join(sorted(codes))}")
    for name in ("place", "toldPlace"):
        places = [_values(side, name) for side in (before, after)]
        for subject, found in places[1].items():
            was = places[0].get(subject, set())
            if subject in known and found - was:
                add("place", subject, f"{', '.join(sorted(was)) or '–'} → {', '.join(sorted(found))}")
    public = [{subject for subject, key, value in side if key == NS + "publicEvent" and _plain(value) in ("true", "1")} for side in (before, after)]
    for subject in (public[1] - public[0]) & known:  # what nobody said to be public counts as private
        add("public", subject)
    for subject, key, value in after - before:
        if key == NS + "address":
            add("address", subject, _plain(value))
    used = [_used(side) for side in (before, after)]
    for (kind, key), subjects in used[1].items():
        if (kind, key) not in used[0] and any(kind == other for other, _ in used[0]):
            rows.append(("property", key, words.property(key), f"{told['property']}: {words.label(NS + kind) or kind} ({len(subjects)})"))
    for change, subject, value in _widened(*whole):
        add("profile", subject, f"{change}{ref(value)}")
    return Table(("change", "thing", "label", "told"), set(rows), show=("thing", "label", "told")).sorted()


def _values(statements: set, name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for subject, key, value in statements:
        if key == NS + name:
            found.setdefault(subject, set()).add(slug(value))
    return found


def _identifying(old: Rooms, new: Rooms, whole: list[set]) -> set[tuple[str, str]]:
    """What the privacy gate finds in the new version alone: rule and thing, or rule and file."""
    files = [set(rooms.turtle) for rooms in (old, new)]
    changed = [_version(new, sorted(mine - other), []) for mine, other in (files, files[::-1])]  # what is the same discloses nothing new
    gates = [{(row["rule"], _focus(row)) for row in private(rooms)} for rooms in changed]
    lines = "\n".join(f"<{s}> <{p}> {o if o.startswith(chr(34)) else f'<{o}>'} ." for s, p, o in whole[1] - whole[0] if not o.startswith("_:"))
    fresh = private(_version(new, [("data/new.ttl", lines.encode())], []))  # a second number of a thing that had one
    return (gates[1] - gates[0]) | {(row["rule"], _focus(row)) for row in fresh}


def _focus(row: dict[str, str]) -> str:
    return row["focus"] or row["file"]


def _used(statements: set) -> dict[tuple[str, str], set[str]]:
    """The properties of records that concern people: (class, property) → records."""
    kinds = {subject: value.removeprefix(NS) for subject, key, value in statements if key == _TYPE and value.removeprefix(NS) in _RECORDS}
    found: dict[tuple[str, str], set[str]] = {}
    for subject, key, _ in statements:
        if subject in kinds:
            found.setdefault((kinds[subject], key), set()).add(subject)
    return found


def _widened(before: set, after: set) -> list[tuple[str, str, str]]:
    """The lines by which a profile that was there lets out more: ``+`` a line that lets through, ``−`` one that held back."""
    known = {subject for subject, _, _ in before}
    more = [("+", subject, value) for subject, key, value in after - before if key.removeprefix(NS) in _WIDENS and subject in known]
    held = [("−", subject, value) for subject, key, value in before - after if key.removeprefix(NS) in _HOLDS]
    counted = [("−", subject, value) for subject, key, value in before - after if key == _TYPE and value == NS + "SmallCount"]
    return more + held + counted
