"""Amendments: a small file of a lawyer's, laid over the graph and never written into it, and what it would change.

Which gaps, verdicts and asks it changes, the same rules and questions decide that decide of the law: they run over the graph
with the draft laid over it. Here the form is read, the draft is built, and the answers before and after are held together.
"""

import os
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from kzgraph.errors import BadFile, BadValue, UnknownName, nearest, one_line
from kzgraph.questions import Question, a_date, answer, finished
from kzgraph.rooms import Rooms
from kzgraph.store import Store, date_value, node
from kzgraph.table import Table
from kzgraph.terms import BASE, LANGUAGES, NS, iri, ref, selects

_TOP = {"title", "from", "asks", "example", "change", "new_act", "fulfils", "grounds"}
_CHANGE = {"act", "provision", "from", "add", "remove", "residual", "effect", "ban", "repeal", "drop", "words"}
_ACT = {"name", "title", "from", "fulfils", "provision"}
_PROVISION = {"number", "field", "effect", "grounds", "residual"}
_PROTECTIVE = {"protects", "punishes", "aggravates", "incitement"}  # the effects of docs/method.md, "Which lists count"
_PRACTICE = ("application-gap", "data-gap", "follow-up-gap")  # gaps that rest on what was documented
_OMISSIONS = ("residual-only", "closed-list-omission", "motive-omission")  # gaps that only naming the ground closes
_ASKED = ("gaps", "matrix", "list-entries", "open-and-closed-lists", "requirements", "list-provisions")
_MOST = 12  # amendments among which every set is tried
_COPIED = (f"{NS}effect", f"{NS}protects", f"{NS}imposes", "http://purl.org/dc/terms/title")  # what a new wording keeps of the old
_A, _ELI, _DCT, _OA = (
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
    "http://data.europa.eu/eli/ontology#",
    "http://purl.org/dc/terms/",
    "http://www.w3.org/ns/oa#",
)
_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]*")
_LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
_KZ = "http://publications.europa.eu/resource/authority/country/KAZ"


class Amendment:
    """One amendment as its file says it: ``name``, ``title`` by language, ``asks`` that it words, ``changes``, ``acts``, ``fulfils`` for ``grounds``."""

    def __init__(self, name: str, where: str, form: dict) -> None:
        self.name, self.where = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "amendment", where
        _known(where, form, _TOP)
        self.title = _title(where, form.get("title"), '[title] and en = "…" below it')
        self.begins = _day(where, "from", form.get("from"))
        self.asks = _refs(where, "asks", form.get("asks", []))
        self.example = bool(form.get("example", False))
        self.fulfils, self.grounds = _refs(where, "fulfils", form.get("fulfils", [])), _refs(where, "grounds", form.get("grounds", []))
        if self.fulfils and not self.grounds:
            raise BadFile(f"{where}: grounds: missing; name the grounds for which the amendment fulfils {', '.join(self.fulfils)}")
        self.changes: list[dict] = []
        for number, change in enumerate(_tables(where, "change", form), 1):
            place = f"{where}: change {number}"
            _known(place, change, _CHANGE)
            self.changes += [self._change(place, change, provision) for provision in _refs(place, "provision", change.get("provision"))]
        self.acts = [self._act(f"{where}: new_act {number}", act) for number, act in enumerate(_tables(where, "new_act", form), 1)]
        if not (self.changes or self.acts or self.fulfils):
            raise BadFile(f"{where}: changes nothing; write [[change]] or [[new_act]] with what is to be changed")

    def _change(self, place: str, change: dict, provision: str) -> dict:
        act = change.get("act")
        if not isinstance(act, str) or not _ADDRESS.fullmatch(act):
            told = "missing" if act is None else "not the name of an act"
            raise BadFile(f'{place}: act: {told}; name the act, such as act = "criminal-code-2014"')
        made = {
            "provision": f"act/{act.removeprefix('act/')}/{provision}",
            "from": _day(place, "from", change.get("from"), self.begins),
            "place": place,
            "name": self.name,
            "words": change.get("words", {}),
            "repeal": change.get("repeal", False),
            "residual": change.get("residual", ""),
            "effect": _effect(place, change.get("effect", "")),
            **{key: _refs(place, key, change.get(key, [])) for key in ("add", "remove", "ban", "drop")},
        }
        if made["residual"] not in ("", "open", "closed"):
            raise BadFile(f'{place}: residual = {made["residual"]!r}: no such ending of a list; write "open" or "closed"')
        if not isinstance(made["repeal"], bool) or not isinstance(made["words"], dict):
            raise BadFile(f"{place}: repeal is true or false, words a table of a ground's words; mend the file")
        if not any(made[key] for key in ("add", "remove", "ban", "drop", "residual", "repeal")):
            raise BadFile(f"{place}: changes nothing; write add, remove, residual, ban, drop or repeal")
        if made["repeal"] and any(made[key] for key in ("add", "remove", "ban", "drop", "residual")):
            raise BadFile(f"{place}: repeals the provision and changes its wording; choose one of the two")
        both = set(made["add"]) & set(made["remove"])
        if both:
            raise BadFile(f"{place}: adds and removes {', '.join(sorted(both))}; choose one of the two")
        return made

    def _act(self, place: str, act: dict) -> dict:
        _known(place, act, _ACT)
        name = act.get("name")
        if not isinstance(name, str) or not name.replace("-", "").isalnum() or not name.isascii() or name != name.lower():
            raise BadFile(f'{place}: name: not a name of small letters, digits and hyphens; write name = "equality-act"')
        provisions = []
        for number, provision in enumerate(_tables(place, "provision", act), 1):
            within = f"{place}: provision {number}"
            _known(within, provision, _PROVISION)
            made = {
                "number": str(provision.get("number", number)),
                "field": _refs(within, "field", provision.get("field", [])),
                "effect": _effect(within, provision.get("effect", "protects")),
                "grounds": _refs(within, "grounds", provision.get("grounds")),
                "residual": provision.get("residual", "open"),
                "place": within,
            }
            if made["residual"] not in ("open", "closed") or not made["field"]:
                raise BadFile(f'{within}: residual is "open" or "closed", field names at least one field of law; mend the file')
            provisions.append(made)
        return {
            "name": name,
            "title": _title(place, act.get("title"), 'title.en = "…"'),
            "from": _day(place, "from", act.get("from"), self.begins),
            "fulfils": _refs(place, "fulfils", act.get("fulfils", [])),
            "provisions": provisions,
            "place": place,
        }

    def label(self, lang: str) -> str:
        """The title in the language, or in English."""
        return self.title.get(lang) or self.title["en"]

    @property
    def last(self) -> str:
        """The latest first day among its changes, as an ISO date."""
        return max([self.begins, *(change["from"] for change in self.changes), *(act["from"] for act in self.acts)])

    @property
    def provisions(self) -> set[str]:
        """The provisions that it changes or repeals."""
        return {change["provision"] for change in self.changes}

    @property
    def areas(self) -> set[str]:
        """The areas of expected law that it, or an act of it, fulfils."""
        return {*self.fulfils, *(area for act in self.acts for area in act["fulfils"])}

    def meets(self, other: "Amendment") -> bool:
        """Whether the two change one provision or fulfil one area, so that together they may do other than each alone."""
        return _touched(self.provisions, other.provisions) or bool(self.areas & other.areas)


class Outcome:
    """What amendments change on a day. Tables: ``wording``, ``verdicts``, ``gaps``, ``asks``, ``cases``; ``title``, ``at``, ``lang``, ``notes``."""

    def __init__(self, title: str, at: str, lang: str, tables: dict[str, Table], notes: Sequence[str]) -> None:
        self.title, self.at, self.lang, self.notes, self.tables = title, at, lang, tuple(notes), tables
        self.wording, self.verdicts, self.gaps, self.asks, self.cases = (tables[name] for name in ("wording", "verdicts", "gaps", "asks", "cases"))

    def counts(self) -> dict[str, int]:
        """How many gaps close, stay, change their type, open."""
        effects = [row["effect"] for row in self.gaps.records()]
        return {effect: effects.count(effect) for effect in ("closes", "stays", "changes-type", "opens")}

    def write(self, form: str) -> str:
        """``text`` and ``md`` for reading, ``json`` with every table, ``csv`` the gaps alone."""
        if form == "csv":
            return self.gaps.write("csv")
        if form == "json":
            import json

            told = {"title": self.title, "at": self.at, "notes": list(self.notes)} | {name: table.records() for name, table in self.tables.items()}
            return json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        block = "md" if form == "md" else "table"
        head = f"# {self.title}" if form == "md" else self.title
        parts = [head, *(table.write(block) for table in self.tables.values() if table.rows), *self.notes]
        return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def shipped(rooms: Rooms) -> dict[str, Path]:
    """The amendments that come with the program: name → file, sorted by name."""
    return {path.stem: path for path in sorted((rooms.queries.parent / "amendments").glob("*.toml"))}


def read(name: str, rooms: Rooms) -> Amendment:
    """The amendment of a file, or the shipped one of that name. Raises BadFile with file and key, UnknownName with the nearest."""
    known = shipped(rooms)
    path = known.get(name)
    if path is None:
        if not name.endswith(".toml") and not os.path.exists(name):
            near = nearest(name, list(known))
            raise UnknownName(f"{name}: no such amendment; " + (f"nearest: {', '.join(near)}" if near else "'kzgraph whatif --list' names them"))
        path = Path(name)
    try:
        form = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{path.name}: {one_line(error)}; mend the file there") from None
    except RecursionError:
        raise BadFile(f"{path.name}: nested too deeply; write it flatter") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path.name}: {one_line(getattr(error, 'strerror', None) or error)}; name a readable UTF-8 file") from None
    return Amendment(path.stem, path.name, form)


def laid(rooms: Rooms, amendments: Sequence[Amendment]) -> Rooms:
    """The rooms with the amendments laid over them, in the order of their days. No file is touched.

    Changes of one provision on one day combine; a provision that one repeals cannot be changed by another on or after that day.
    Raises UnknownName for addresses the graph does not know, BadValue for a wording that is not the last or not in force, and for two
    amendments, or two new acts, of one name.
    """
    for kind, named in (("amendment", [one.name for one in amendments]), ("new act", [act["name"] for one in amendments for act in one.acts])):
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice:
            raise BadValue(f"{twice}: the name of more than one {kind}; rename one, or leave it out")
    steps: dict[str, list[dict]] = {}
    for amendment in amendments:
        for change in amendment.changes:
            steps.setdefault(change["from"], []).append(change)
    lines = [line for amendment in amendments for line in _enacted(rooms, amendment)]
    for day in sorted(steps):
        store = Store(_over(rooms, lines, [rule for rule in rooms.rules if rule[0].endswith("/12-attested.rq")]), cache=False)
        by_provision: dict[str, list[dict]] = {}
        for change in steps[day]:
            by_provision.setdefault(change["provision"], []).append(change)
        for provision, changes in by_provision.items():
            lines += _changed(store, provision, day, changes)
    return _over(rooms, lines, rooms.rules)


def whatif(store: Store, amendments: Sequence[Amendment], *, at: "str | date" = "", today: "str | date" = "", lang: str = "en") -> Outcome:
    """What the amendments change on the day ``at`` (without it, the later of ``today`` and the last of their first days).

    ``wording``: provision, effect, words before, words after. ``verdicts``: the cells of the matrix that change. ``gaps``: effect
    (closes, stays, changes-type, opens), gap, types before and after, provision, ground, labels; *stays* holds the gaps of the provisions
    touched. ``asks``: answered in full, in part or not; how many places and grounds it ``asked`` for and was ``given``, which are ``met`` and
    ``left``, and why; asks are told whose target is touched or which the amendment says that it words. ``cases``: those whose path ran through a
    provision touched; it is never said that an amendment would have prevented one. Raises what ``laid`` raises.

    >>> outcome = whatif(graph, [read("criminal-code-145", graph.rooms)])
    >>> outcome.counts()
    {'closes': 2, 'stays': 3, 'changes-type': 0, 'opens': 0}
    >>> [(row["ask"], row["answered"]) for row in outcome.asks.records()]
    [('ask/ecom-2024-amend-145', 'in-full')]
    """
    at = _day_of(amendments, at, today)
    after = Store(laid(store.rooms, amendments), cache=False, restricted=store.restricted, profile=store.profile)
    told = {name.removeprefix("sentence/whatif-"): text for name, text, _ in answer(store, "sentences", lang=lang).rows if name.startswith("sentence/whatif-")}
    ways = {name: [answer(graph, name, at=at, lang=lang) for graph in (store, after)] for name in _ASKED}
    covered = [_read_aside(graph, "covered", at=at) for graph in (store, after)]
    touched = {provision for amendment in amendments for provision in amendment.provisions}
    gaps = _gaps(ways["gaps"], ways["matrix"][1], touched)
    tables = {
        "wording": _wording(ways, touched, told, lang),
        "verdicts": _verdicts(ways["matrix"]),
        "gaps": _labelled(gaps, "effect", told),
        "asks": _labelled(_asks(_read_aside(store, "asked", lang=lang), ways, covered, gaps, amendments, told), "answered", told),
        "cases": _cases(store, touched, lang),
    }
    for name, table in tables.items():
        table.title = told[name]
    effects = tables["gaps"].records()
    notes = [told["caveat"]]
    last = max(amendment.last for amendment in amendments)
    if at < last:
        notes.append(told["not-yet"].replace("DAY", at).replace("LAST", last))
    if any(row["effect"] == "stays" and row["type"] in _PRACTICE for row in effects):
        notes.append(told["practice"])
    if any(row["answered"] == "in-full" for row in tables["asks"].records()):
        notes.append(told["in-words"])
        notes += [told["on-record"]] if any(row["type"] == "follow-up-gap" for row in effects) else []
    if any(row["effect"] == "stays" and row["type"] in _OMISSIONS and not row["type_after"] for row in effects):
        notes.append(told["names-nobody"])
    if any("residual-only" in (row["type"], row["type_after"]) for row in effects):
        notes.append(told["residual"])
    notes.append(f"data {store.rooms.version}, law as of {at}, language {lang}")
    return Outcome(" + ".join(amendment.label(lang) for amendment in amendments), at, lang, tables, notes)


def ranking(
    store: Store, amendments: Sequence[Amendment], *, gap_type: str = "", at: "str | date" = "", today: "str | date" = "", lang: str = "en"
) -> Table:
    """Which amendment closes most gaps of a type (or of any), and the smallest set that closes as many as all together.

    Columns: rank (a number, or ``set``), amendments, closes, opens, title. The set is exact: every set of the amendments that close something is
    tried. Those that meet (``Amendment.meets``) are derived together, what does not meet adds up; amendments that contradict each other are in no
    set. Ties go to the smaller set, then to the order of the ranking. Raises UnknownName for a type that is none, BadValue for more than 12.
    """
    at = _day_of(amendments, at, today)
    types = [row["code"].rsplit("/", 1)[-1] for row in answer(store, "codes", lang=lang).records() if row["scheme"] == "scheme/gap-type"]
    if gap_type and gap_type not in types:
        near = nearest(gap_type, types)
        raise UnknownName(f"{gap_type}: no type of gap; " + (f"nearest: {', '.join(near)}" if near else f"take one of {', '.join(types)}"))
    made = {amendment.name: amendment for amendment in amendments}
    if len(made) < len(amendments):
        raise BadValue("two amendments have one name; rename one, or leave it out")
    known: dict[frozenset[str], tuple[frozenset[str], int]] = {}

    def effects(names: frozenset[str]) -> tuple[frozenset[str], int]:
        if names not in known:
            rows = whatif(store, [one for name, one in made.items() if name in names], at=at, lang=lang).gaps.records()
            closed = frozenset(row["gap"] for row in rows if row["effect"] == "closes" and gap_type in ("", row["type"]))
            known[names] = closed, sum(row["effect"] in ("opens", "changes-type") and gap_type in ("", row["type_after"]) for row in rows)
        return known[names]

    def row(rank: str, names: Sequence[str], closed: int, opened: int) -> tuple[str, ...]:
        return rank, " ".join(names), str(closed), str(opened), " + ".join(made[name].label(lang) for name in names)

    single = {name: effects(frozenset([name])) for name in made}
    order = sorted(made, key=lambda name: (-len(single[name][0]), single[name][1], name))
    rows = [row(str(rank), [name], len(single[name][0]), single[name][1]) for rank, name in enumerate(order, 1)]
    useful = [name for name in order if single[name][0]]
    best = _smallest([made[name] for name in useful], effects)
    if best:
        closed, opened = effects(frozenset(best))
        rows.append(row("set", best, len(closed), opened))
    told = {name: text for name, text, _ in answer(store, "sentences", lang=lang).rows}
    notes = (f"data {store.rooms.version}, law as of {at}, language {lang}" + (f", gaps of type {gap_type}" if gap_type else ""),)
    return Table(("rank", "amendments", "closes", "opens", "title"), rows, title=told["sentence/whatif-ranking"], notes=notes)


def _day_of(amendments: Sequence[Amendment], at: "str | date", today: "str | date") -> str:
    """The day ``at``, or the later of ``today`` and the last of the first days. Raises BadValue where there is no amendment, or a day is none."""
    if not amendments:
        raise BadValue("no amendment given; give one or more, as read gives them")
    last = max(amendment.last for amendment in amendments)
    if at:
        return a_date("at", at)
    return max(a_date("today", today), last) if today else last


def _smallest(useful: Sequence[Amendment], effects: Callable[[frozenset[str]], tuple[frozenset[str], int]]) -> tuple[str, ...]:
    """The names of the smallest set that closes most; of the sets that do, the first."""
    from itertools import combinations

    if len(useful) > _MOST:
        raise BadValue(f"{len(useful)} amendments close something; rank up to {_MOST} at a time")
    clusters: list[list[Amendment]] = []
    for one in useful:
        met = [cluster for cluster in clusters if any(one.meets(other) for other in cluster)]
        clusters = [cluster for cluster in clusters if cluster not in met] + [[*(other for cluster in met for other in cluster), one]]
    best: tuple[str, ...] = ()
    most = 0
    for size in range(1, len(useful) + 1):
        for names in combinations([one.name for one in useful], size):
            parts = [frozenset(one.name for one in cluster if one.name in names) for cluster in clusters]
            try:
                closed = len(frozenset().union(*(effects(part)[0] for part in parts if part)))
            except BadValue:  # they contradict each other
                continue
            if closed > most:
                best, most = names, closed
    return best


# ---- reading the form ----


def _known(where: str, form: dict, keys: set[str]) -> None:
    for key in form:
        if key not in keys:
            near = nearest(key, sorted(keys), 1)
            raise BadFile(f"{where}: {key}: no such key; " + (f"nearest: {near[0]}" if near else f"take one of {', '.join(sorted(keys))}"))


def _tables(where: str, key: str, form: dict) -> list[dict]:
    found = form.get(key, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadFile(f"{where}: {key}: not a table; write [[{key}]] above its lines")
    return found


def _refs(where: str, key: str, value: object) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(one, str) and _ADDRESS.fullmatch(one.strip("/")) for one in values):
        raise BadFile(f'{where}: {key}: not an address or a list of addresses; write {key} = ["…"]')
    return [one.strip("/") for one in values]


def _title(where: str, value: object, written: str) -> dict[str, str]:
    if isinstance(value, dict) and "en" in value and not set(value) - set(LANGUAGES) and all(isinstance(words, str) for words in value.values()):
        return value
    raise BadFile(f"{where}: title: no table with en, ru and kk; write {written}")


def _effect(where: str, value: object) -> str:
    if isinstance(value, str) and (not value or _ADDRESS.fullmatch(value)):
        return value
    raise BadFile(f'{where}: effect: not the name of an effect; write one, such as effect = "protects"')


def _day(where: str, key: str, value: object, other: str = "") -> str:
    if value is None and other:
        return other
    if isinstance(value, date) and not hasattr(value, "hour"):
        return value.isoformat()
    raise BadFile(f"{where}: {key}: {value!r} is no day; write {key} = 2027-01-01")


# ---- building the draft ----


def _over(rooms: Rooms, lines: list[str], rules: Sequence[tuple[str, str]]) -> Rooms:
    over = Rooms(rooms.ontology, rooms.data, rooms.queries, rooms.outside)
    over.__dict__["turtle"] = [*rooms.turtle, ("draft.ttl", "".join(line + "\n" for line in lines).encode())]
    over.__dict__["rules"] = list(rules)
    return over


def _touched(some: set[str], others: set[str]) -> bool:
    """Whether a provision of the one is, holds or is part of one of the other."""
    return any(selects(one, other) or selects(other, one) for one in some for other in others)


def _stated(store: Store, subject: str) -> list[tuple[str, str, str]]:
    """(property, value, value as N-Triples) of everything stated of a thing."""
    _, rows = store.select("SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?p ?o", s=node(subject))
    return [(row[1].value, row[2].value, str(row[2])) for row in rows]


def _exists(store: Store, place: str, address: str) -> str:
    if not store.holds(iri(address)):
        known = [row[0] for row in answer(store, "addresses").rows]
        near = nearest(address, known)
        raise UnknownName(f"{place}: {address}: no such address in the graph" + (f"; nearest: {', '.join(near)}" if near else "; see 'kzgraph list'"))
    return f"<{iri(address)}>"


def _enacted(rooms: Rooms, amendment: Amendment) -> list[str]:
    """The statements of new acts, and of the amending act itself where it fulfils an area."""
    store = Store(_over(rooms, [], []), cache=False)
    lines = []
    if amendment.fulfils:
        act = f"<{BASE}act/draft-{amendment.name}>"
        lines += _act_lines(act, amendment.title, amendment.begins, [_exists(store, amendment.where, area) for area in amendment.fulfils])
        lines += [f"{act} <{NS}covers> {_exists(store, amendment.where, ground)} ." for ground in amendment.grounds]
    for made in amendment.acts:
        act, base = f"<{BASE}act/{made['name']}>", f"{BASE}act/{made['name']}"
        if store.holds(base):
            raise BadValue(f"{made['place']}: act/{made['name']} is an act of the graph; choose another name")
        lines += _act_lines(act, made["title"], made["from"], [_exists(store, made["place"], area) for area in made["fulfils"]])
        for provision in made["provisions"]:
            slot = f"{base}/art_{provision['number']}"
            if not re.fullmatch(r"\d+(-\d+)?", provision["number"], re.ASCII):
                raise BadFile(f"{provision['place']}: number: not the number of an article, such as 5 or 5-1; mend it")
            lines += [f"<{slot}> <{_A}> <{_ELI}LegalResourceSubdivision> ; <{_ELI}is_part_of> {act} ; <{_ELI}number> {_quoted(provision['number'])} ."]
            lines += [f"<{slot}> <{NS}field> {_exists(store, provision['place'], field)} ." for field in provision["field"]]
            effect = _exists(store, provision["place"], f"effect/{provision['effect']}")
            version = f"{slot}.v{made['from']}"
            lines += [*_version_lines(version, slot, made["from"], amendment.name, "complete"), f"<{version}> <{NS}effect> {effect} ."]
            lines += _list_lines(store, provision["place"], f"{version}.list1", version, effect, provision["residual"], provision["grounds"], {})
    return lines


def _act_lines(act: str, title: dict[str, str], day: str, areas: list[str]) -> list[str]:
    lines = [f"{act} <{_A}> <{_ELI}LegalResource> ; <{_ELI}jurisdiction> <{_KZ}> ; <{_ELI}first_date_entry_in_force> {_date(day)} ."]
    lines += [f"{act} <{_DCT}title> {_quoted(words)}@{lang} ." for lang, words in title.items()]
    return lines + [f"{act} <{NS}fulfils> {area} ." for area in areas]


def _version_lines(version: str, slot: str, day: str, name: str, extent: str) -> list[str]:
    check = f"{version}.att1"
    return [
        f"<{version}> <{_A}> <{NS}ProvisionVersion> ; <{_ELI}is_member_of> <{slot}> ; <{_ELI}first_date_entry_in_force> {_date(day)} ;"
        f" <{NS}startBasis> <{BASE}basis/stated> ; <{NS}attestation> <{check}> .",
        f"<{check}> <{_A}> <{NS}Attestation> ; <{NS}extent> <{BASE}extent/{extent}> ; <{NS}trust> <{BASE}trust/draft> ; <{NS}textDate> {_date(day)} ;"
        f' <{NS}checkedOn> {_date(day)} ; <{_DCT}language> "ru" ; <{_OA}hasSource> <{BASE}document/draft-{name}> ; <{NS}locator> {_quoted(name)} .',
        f"<{BASE}document/draft-{name}> <{_A}> <{NS}Document> ; <{_DCT}title> {_quoted(name)}@en .",
    ]


def _list_lines(store: Store, place: str, listed: str, version: str, effect: str, residual: str, grounds: list[str], words: dict) -> list[str]:
    lines = [
        f"<{version}> <{NS}groundList> <{listed}> .",
        f"<{listed}> <{_A}> <{NS}GroundList> ; <{NS}effect> {effect} ; <{NS}listMode> <{BASE}mode/{residual}> .",
    ]
    for order, ground in enumerate(grounds, 1):
        lines += _entry_lines(store, place, f"{listed}.e{order}", listed, order, ground, words)
    return lines


def _entry_lines(store: Store, place: str, entry: str, listed: str, order: int, ground: str, words: dict) -> list[str]:
    lines = [
        f"<{listed}> <{NS}entry> <{entry}> .",
        f"<{entry}> <{_A}> <{NS}GroundEntry> ; <{NS}order> {order} ; <{NS}ground> {_exists(store, place, ground)} .",
    ]
    own = words.get(ground)
    if isinstance(own, dict):
        return lines + [f"<{entry}> <{NS}wording> {_quoted(str(own[lang]))}@{lang} ." for lang in LANGUAGES if lang in own]
    return lines + [f"<{entry}> <{NS}wording> {term} ." for key, _, term in _stated(store, iri(ground)) if key == _LABEL]


def _changed(store: Store, provision: str, day: str, changes: list[dict]) -> list[str]:
    """The statements that end the wording in force and, unless it is repealed, begin the next."""
    place = changes[0]["place"]
    _exists(store, place, provision)
    slot = iri(provision)
    text = """PREFIX eli: <http://data.europa.eu/eli/ontology#> PREFIX kz: <https://w3id.org/kzgraph/ns#>
        SELECT ?slot ?version ?from ?until WHERE { ?version eli:is_member_of ?slot ; eli:first_date_entry_in_force ?from
        OPTIONAL { ?version kz:until ?until } }"""
    _, rows = store.select(text, slot=node(slot))
    wordings = sorted((row[2].value, row[3].value if row[3] else "", row[1].value) for row in rows)
    if not wordings:
        parts = [row[0] for row in answer(store, "provisions").rows if selects(provision, row[0]) and row[0] != provision]
        raise BadValue(
            f"{place}: {provision} has no wording of its own; " + (f"take one of {', '.join(parts[:4])}" if parts else "choose a provision that has")
        )
    begun, ended, version = wordings[-1]
    if ended or begun >= day:
        told = f"its last wording ends on {ended}" if ended else f"its last wording begins on {begun}"
        raise BadValue(f"{place}: {provision} cannot be changed on {day}: {told}; choose a later day or the provision that follows it")
    lines = [f"<{version}> <{NS}until> {_date(day)} ."]
    if any(change["repeal"] for change in changes):
        if not all(change["repeal"] for change in changes):
            raise BadValue(f"{place}: {provision} is repealed and changed on {day}; take one of the two amendments, or another day")
        return lines
    new = f"{slot}.v{day}"
    stated = _stated(store, version)
    # what nobody read whole is not known the better for being amended
    lines += _version_lines(new, slot, day, changes[0]["name"], "complete" if f"{NS}attested" in {key for key, _, _ in stated} else "partial")
    dropped = {iri(one) for change in changes for one in change["drop"]}
    for change in changes:
        for one in change["drop"]:
            if (f"{NS}imposes", iri(one)) not in [(key, value) for key, value, _ in stated]:
                known = [ref(value) for key, value, _ in stated if key == f"{NS}imposes"]
                raise BadValue(f"{change['place']}: {provision} does not impose {one}" + (f"; it imposes {', '.join(known)}" if known else "; leave drop out"))
    lines += [f"<{new}> <{key}> {term} ." for key, value, term in stated if key in _COPIED and not (key == f"{NS}imposes" and value in dropped)]
    return lines + _relisted(store, provision, new, [value for key, value, _ in stated if key == f"{NS}groundList"], changes)


def _relisted(store: Store, provision: str, new: str, lists: list[str], changes: list[dict]) -> list[str]:
    """The lists of the new wording: those of the old, with what the changes add, take away, open and close; and new ones."""
    lines: list[str] = []
    add, remove = [(one, change) for change in changes for one in change["add"]], {iri(one) for change in changes for one in change["remove"]}
    endings = {change["residual"] for change in changes} - {""}
    if len(endings) > 1:
        raise BadValue(f"{changes[0]['place']}: {provision} would end open and closed on one day; take one of the two amendments")
    removed: set[str] = set()
    protective = []
    for number, listed in enumerate(sorted(lists), 1):
        stated = _stated(store, listed)
        effects = {value.rsplit("/", 1)[-1] for key, value, _ in stated if key == f"{NS}effect"}
        fresh = f"{new}.list{number}"
        if effects & _PROTECTIVE:
            protective.append(fresh)
        kept = []
        for key, value, _ in stated:
            if key == f"{NS}entry":
                entry = _stated(store, value)
                grounds = {thing for word, thing, _ in entry if word == f"{NS}ground"}
                removed |= grounds & remove
                if grounds - remove:
                    order = next(int(thing) for word, thing, _ in entry if word == f"{NS}order")
                    kept.append(
                        (order, [(word, term) for word, thing, term in entry if word != f"{NS}order" and not (word == f"{NS}ground" and thing in remove)])
                    )
        mine = effects & _PROTECTIVE and len(protective) == 1
        if not kept and not (mine and add):
            protective = [one for one in protective if one != fresh]
            continue  # a list with nothing left in it is none
        lines.append(f"<{new}> <{NS}groundList> <{fresh}> .")
        for key, _, term in stated:
            if key not in (f"{NS}entry", f"{NS}listMode", f"{NS}residual", f"{NS}closedBy") or (not (endings and mine) and key != f"{NS}entry"):
                lines.append(f"<{fresh}> <{key}> {term} .")
        if endings and mine:
            lines.append(f"<{fresh}> <{NS}listMode> <{BASE}mode/{next(iter(endings))}> .")
        for order, (_, terms) in enumerate(sorted(kept, key=lambda one: one[0]), 1):
            lines.append(f"<{fresh}> <{NS}entry> <{fresh}.e{order}> .")
            lines += [f"<{fresh}.e{order}> <{word}> {term} ." for word, term in terms] + [f"<{fresh}.e{order}> <{NS}order> {order} ."]
        if mine:
            there = {thing for _, terms in kept for word, thing in terms if word == f"{NS}ground"}
            extra = [(one, change) for one, change in add if f"<{iri(one)}>" not in there]
            for order, (ground, change) in enumerate(dict(extra).items(), len(kept) + 1):
                lines += _entry_lines(store, change["place"], f"{fresh}.e{order}", fresh, order, ground, change["words"])
    missing = remove - removed
    if missing:
        raise BadValue(f"{changes[0]['place']}: {provision} does not name {', '.join(sorted(ref(one) for one in missing))}; leave remove out")
    if add and not protective:
        effect = next((change["effect"] for change in changes if change["effect"]), "")
        if effect not in _PROTECTIVE:
            raise BadValue(f'{changes[0]["place"]}: {provision} has no protective list; say what a new one does, effect = "protects", "punishes", "aggravates"')
        ending = next(iter(endings), "closed")
        known = f"<{BASE}effect/{effect}>"
        lines += _list_lines(store, changes[0]["place"], f"{new}.list90", new, known, ending, [one for one, _ in add], changes[0]["words"])
    elif len(protective) > 1 and add:
        raise BadValue(f"{changes[0]['place']}: {provision} has {len(protective)} protective lists; amend a part of it that has one")
    banned = [one for change in changes for one in change["ban"]]
    if banned:
        restricts = f"<{BASE}effect/restricts>"
        lines += _list_lines(store, changes[0]["place"], f"{new}.list91", new, restricts, "closed", list(dict.fromkeys(banned)), changes[0]["words"])
    return lines


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=True).replace("\\u007f", "\\u007F")  # a JSON string in ASCII is a Turtle string


def _date(day: str) -> str:
    return str(date_value(day))


# ---- before and after ----


def _read_aside(store: Store, name: str, **values: str) -> list[dict[str, str]]:
    """The rows of a query of ``queries/whatif``."""
    path = store.rooms.queries / "whatif" / f"{name}.rq"
    try:
        asked = Question(name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(f"{path}: {error}; make the file readable UTF-8") from None
    rows = finished(asked, *store.select(asked.text, f"whatif/{name}.rq", **asked.bind(**values)))
    return [dict(zip(asked.columns, row, strict=True)) for row in rows]


def _wording(ways: dict[str, list[Table]], touched: set[str], told: dict[str, str], lang: str) -> Table:
    """Lists, conditions and whole provisions whose words differ; a list in words, in the order of its entries."""
    sides: list[dict[tuple[str, str], tuple[str, str, str]]] = []
    for side in (0, 1):
        words: dict[tuple[str, str], list[str]] = {}
        labels: dict[tuple[str, str], tuple[str, str]] = {}
        for row in ways["list-entries"][side].records():
            key = (row["provision"], row["effect"])
            labels[key] = (row["provision_label"], row["effect_label"])
            entry = row[f"wording_{lang}"] or row["wording_ru"] or row["ground_label"]
            if entry not in words.setdefault(key, []):
                words[key].append(entry)
        for row in ways["open-and-closed-lists"][side].records():
            key = (row["provision"], row["effect"])
            labels[key] = (row["provision_label"], row["effect_label"])
            ending = "… " + (row[f"residual_{lang}"] or row["residual_ru"] or row["mode_label"])
            if ending not in words.setdefault(key, []):
                words[key].append(ending)
        for row in ways["requirements"][side].records():
            key = (row["provision"], "imposes")
            labels[key] = (row["provision_label"], told["imposes"])
            words.setdefault(key, []).append(row["requirement_label"])
        sides.append({key: (*labels[key], "; ".join(entries)) for key, entries in words.items()})
    stands = [{row["provision"]: row for row in table.records()} for table in ways["list-provisions"]]
    rows = []
    nothing = ("", "", "")
    for key in sorted(set(sides[0]) | set(sides[1])):
        old, new = sides[0].get(key, nothing), sides[1].get(key, nothing)
        gone = told["repealed"] if key[0] in stands[0] and key[0] not in stands[1] else ""
        if old[2] != new[2]:
            rows.append((*key, old[2], new[2] or gone, *(new if new[0] else old)[:2]))
    for provision in sorted(touched & set(stands[0]) - set(stands[1]) - {row[0] for row in rows}):
        row = stands[0][provision]
        rows.append((provision, row["effect"], row["title"], told["repealed"], row["provision_label"], row["effect_label"]))
    columns = ("provision", "list_effect", "before", "after", "provision_label", "list_effect_label")
    return Table(columns, rows, show=("provision_label", "list_effect_label", "before", "after")).sorted()


def _labelled(table: Table, column: str, told: dict[str, str]) -> Table:
    """The table with the label of one of its columns added and its rows grouped by it."""
    index = table.columns.index(column)
    rows = [(*row, told[row[index]]) for row in table.rows]
    return Table((*table.columns, f"{column}_label"), rows, show=table.show, group=f"{column}_label")


def _verdicts(tables: list[Table]) -> Table:
    cells = [{(row["provision"], row["ground"]): row for row in table.records()} for table in tables]
    rows = []
    for key in sorted(set(cells[0]) | set(cells[1])):
        old, new = cells[0].get(key), cells[1].get(key)
        verdicts = tuple(row["verdict"] if row else "" for row in (old, new))
        if verdicts[0] != verdicts[1]:
            one = new or old or {}
            labels = tuple(row["verdict_label"] if row else "" for row in (old, new))
            rows.append((*key, *verdicts, one["provision_label"], one["ground_label"], *labels))
    columns = ("provision", "ground", "verdict", "verdict_after", "provision_label", "ground_label", "verdict_label", "verdict_after_label")
    return Table(columns, rows, show=("provision_label", "ground_label", "verdict_label", "verdict_after_label")).sorted()


def _gaps(tables: list[Table], cells: Table, touched: set[str]) -> Table:
    """The gaps by what becomes of them. A gap of practice stays, and so does an omission where no list is left that could name the ground,
    or where the list now names only a broader one, which is never counted as covered.
    """
    lists = {(row["provision"], row["ground"]) for row in cells.records() if row["verdict"] != "broader-listed"}
    spots: list[dict[tuple[str, str], dict[str, dict]]] = []
    for table in tables:
        found: dict[tuple[str, str], dict[str, dict]] = {}
        for row in table.records():
            found.setdefault((row["provision"], row["ground"]), {})[row["gap"]] = row
        spots.append(found)
    rows = []

    def add(effect: str, old: "dict | None", new: "dict | None") -> None:
        one = old or new or {}
        rows.append(
            (
                effect,
                one["gap"],
                old["type"] if old else "",
                new["type"] if new else "",
                one["provision"],
                one["ground"],
                new["gap"] if new else "",
                one["provision_label"],
                one["ground_label"],
                old["type_label"] if old else "",
                new["type_label"] if new else "",
            )
        )

    for key in sorted(set(spots[0]) | set(spots[1])):
        old, new = spots[0].get(key, {}), spots[1].get(key, {})
        gone, come = [row for gap, row in old.items() if gap not in new], [row for gap, row in new.items() if gap not in old]
        gone.sort(key=lambda row: row["type"] in _PRACTICE)
        while gone and come and not {gone[0]["type"], come[0]["type"]} & set(_PRACTICE):
            add("changes-type", gone.pop(0), come.pop(0))
        for row in gone:  # a new wording has not been refused yet; that is no change of practice
            unnamed = row["type"] in _OMISSIONS and key not in lists
            add("stays" if row["type"] in _PRACTICE or unnamed else "closes", row, None)
        for row in come:
            add("opens", None, row)
        if _touched(touched, {key[0]}) or gone or come:
            for gap in old:
                if gap in new:
                    add("stays", old[gap], new[gap])
    columns = ("effect", "gap", "type", "type_after", "provision", "ground", "gap_after", "provision_label", "ground_label", "type_label", "type_after_label")
    return Table(columns, rows, show=("provision_label", "ground_label", "type_label", "type_after_label")).sorted()


def _asks(
    rows: list[dict[str, str]], ways: dict[str, list[Table]], covered: list[list[dict[str, str]]], gaps: Table, amendments: Sequence[Amendment],
    told: dict[str, str],
) -> Table:  # fmt: skip
    """What each ask wants of the law, point by point: a place and a ground. A point is met when every gap of law there closes; where none is open,
    when the ground is named there, an act in force covers it, or the condition or provision that is to go is gone.
    """
    closed = {row["gap"] for row in gaps.records() if row["effect"] == "closes"}
    law = [row for row in ways["gaps"][0].records() if row["type"] not in _PRACTICE]
    open_at: dict[tuple[str, str], set[str]] = {}
    for row in law:
        open_at.setdefault((row["provision"], row["ground"]), set()).add(row["gap"])
    named = [{(row["provision"], row["ground"]) for row in table.records() if row["verdict"] == "listed"} for table in ways["matrix"]]
    named = [spots | {(row["area"], row["ground"]) for row in covers} for spots, covers in zip(named, covered, strict=True)]
    stands = [{row["provision"] for row in table.records()} for table in ways["list-provisions"]]
    imposing = [{row["provision"] for row in table.records()} for table in ways["requirements"]]
    labels = {row[key]: row[f"{key}_label"] for row in law for key in ("provision", "ground")}
    labels |= {row[key]: row[f"{key}_label"] for row in rows for key in ("target", "ground")}
    touched, areas = {one for made in amendments for one in made.provisions}, {one for made in amendments for one in made.areas}
    worded = {one for made in amendments for one in made.asks}

    def met(point: tuple[str, str], want: str, side: int) -> bool:
        target, ground = point
        if point in open_at:
            return side == 1 and open_at[point] <= closed
        if want == "repeal-provision":
            return target not in stands[side]
        if want == "remove-requirement" and target in imposing[0]:
            return target not in imposing[side]
        return point in named[side] if ground else any(place == target for place, _ in named[side])

    asks: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        asks.setdefault(row["ask"], []).append(row)
    found = []
    for ask, lines in asks.items():
        one = lines[0]
        points: dict[tuple[str, str], str] = {}
        for row in lines:
            open_here = [point for point in open_at if point[0] == row["target"]]
            for point in [(row["target"], row["ground"])] if row["ground"] or not open_here else open_here:
                points[point] = row["want"]
        before, after = ({point for point, want in points.items() if met(point, want, side)} for side in (0, 1))
        targets = {row["target"] for row in lines}
        if not (after - before or ask in worded or one["lineage"] in worded or targets & areas or _touched(touched, targets)) or before == set(points):
            continue
        left: dict[str, list[str]] = {}
        for target, ground in sorted(set(points) - after):
            left.setdefault(target, []).append(ground)
        if "yes" not in {row["by_law"] for row in lines}:
            answered, why, after = "not", told["more-than-words"].replace("WANT", one["want_label"]), set()
        else:
            answered = "in-full" if not left else "in-part" if after - before else "not"
            places = [(labels[target], ", ".join(labels[ground] for ground in grounds if ground)) for target, grounds in left.items()]
            why = told["left"].replace("GROUNDS", "; ".join(": ".join(filter(None, place)) for place in places)) if places else ""
        pairs = ("; ".join(" ".join(point).strip() for point in sorted(chosen)) for chosen in (after, set(points) - after))
        told_of = (one["want"], one["year"], one["issuer"], one["lineage"], one["issuer_label"], one["ask_text"], why)
        found.append((answered, ask, str(len(points)), str(len(after)), *pairs, *told_of))
    columns = ("answered", "ask", "asked", "given", "met", "left", "want", "year", "issuer", "lineage", "issuer_label", "ask_text", "why")
    return Table(columns, found, show=("ask", "year", "issuer_label", "given", "asked", "why")).sorted()


def _cases(store: Store, touched: set[str], lang: str) -> Table:
    rows = [
        (
            row["provision"],
            row["role"],
            row["case"],
            row["kind"],
            row["year"],
            row["document"],
            row["locator"],
            row["provision_label"],
            row["role_label"],
            row["title"],
        )
        for row in answer(store, "provisions-in-cases", lang=lang).records()
        if _touched(touched, {row["provision"]})
    ]
    columns = ("provision", "role", "case", "kind", "year", "document", "locator", "provision_label", "role_label", "title")
    return Table(columns, list(dict.fromkeys(rows)), show=("case", "year", "role_label", "provision_label", "title")).sorted()
