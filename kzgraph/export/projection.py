"""Views of the graph: what ``queries/views/<name>.rq`` finds, as a networkx graph of which the edges say what they mean.

Which things a view shows, in which order of importance, and what each edge means, its query decides; ``queries/views/labels.rq``
names every thing; the words stand in ``ontology/words-views.ttl``. Here the first of them that fit are chosen and put together.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kzgraph.errors import BadValue, UnknownName, nearest
from kzgraph.profiles import told as hides_not
from kzgraph.questions import a_date, a_language, answer, finished, from_file
from kzgraph.store import Store, node
from kzgraph.terms import iri, ref, selects

if TYPE_CHECKING:
    from networkx import MultiDiGraph

MOST = 25  # nodes of a picture that is still legible on A4
VIEWS = ("gaps", "provision", "case", "ask", "succession", "evidence", "whatif")
NEEDS_REF = ("provision", "case", "ask", "evidence", "whatif")  # the others show the whole
_SLOT = re.compile(r"\b(COUNT|TOTAL|DAY|VERSION|TITLE|NODES|KINDS|EDGES|NOTES)\b")
_BARRED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]+")


def view(store: Store, name: str, ref: str = "", *, at: str, lang: str = "en", most: int = MOST, only: Sequence[str] = ()) -> "MultiDiGraph":
    """The view ``name`` (one of VIEWS) as a networkx MultiDiGraph, of the law on the day ``at``, with words in ``lang``.

    ``ref`` is the thing that the view starts at (NEEDS_REF; an amendment's name or file for ``whatif``; may narrow ``succession``).
    ``most`` bounds the nodes, ``only`` the grounds, sets of grounds, acts or provisions (references) that the ranked things touch.

    Nodes: key = reference; ``label``, ``kind`` (a short code), ``kind_label`` (the word of the legend), ``url`` where a document has an address.
    Edges: ``relation`` (a short code), ``label`` (in words), ``citation`` (documents and places on which the edge rests), ``cited`` and ``via``
    (references, separated by spaces, of those citations and of what joins the two in the graph); key = relation.
    Graph: ``title``, ``name``, ``ref``, ``at``, ``lang``, ``data_version``, ``source_line``, ``limits``, ``legend`` (kind → word), ``relations`` (code →
    words), ``left_out`` (how many of the ranked things are not shown), ``total`` ``left_out_told`` (a sentence: the number and the rule) and ``alt`` (the
    alternative text of a picture).
    Raises UnknownName, BadValue, BadFile, BadQuery.
    """
    from networkx import MultiDiGraph

    a_date("at", at)
    a_language(lang)
    if most < 2:
        raise BadValue(f"--most {most}: too few for a picture; take 2 or more")
    if name not in VIEWS:
        near = nearest(name, list(VIEWS))
        raise UnknownName(f"{name}: no such view; take one of {', '.join(near or VIEWS)}")
    if name in NEEDS_REF and not ref:
        raise BadValue(f"{name}: what is it to start at? give a reference after the name of the view, such as 'view {name} REF'")
    sentences = {row["sentence"].removeprefix("sentence/"): row["text"] for row in answer(store, "sentences", lang=lang).records()}
    named = {row["thing"]: row for row in _rows(store, "labels", {"lang": lang}).records}
    if name == "whatif":
        found, ref, at = _whatif(store, ref, at=at, lang=lang, named=named, sentences=sentences)
    else:
        if ref and ref not in named:
            near = nearest(ref, list(named))
            raise UnknownName(f"{ref}: nothing of that name is in the graph" + (f"; nearest: {', '.join(near)}" if near else ""))
        if ref and name not in NEEDS_REF:
            only = (*only, ref)
        found = _rows(store, name, {"at": at, "lang": lang, "thing": ref})
    grounds = _grounds(store, only)
    records = [row for row in found.records if _wanted(row, only, grounds)]
    if not records:
        if only and found.records:
            raise UnknownName(f"{name}: nothing in it touches {', '.join(only)} on {at}; narrow it less, or choose a day with --at")
        raise UnknownName(f"{name}{' ' + ref if ref else ''}: nothing to show on {at}; choose another day with --at, or another reference")
    shown, total, count = _chosen(records, most)

    slots = {"COUNT": str(total - count), "TOTAL": str(total), "DAY": at, "VERSION": store.rooms.version}

    def told(sentence: str) -> str:
        return _SLOT.sub(lambda match: slots[match[1]], sentences[sentence])

    released = hides_not(store, lang) if store.profile else []
    heading = found.title.get(lang, name) + (f": {named[ref]['label']}" if ref in named else "")
    graph = MultiDiGraph(
        title=plain(heading),
        name=name,
        ref=ref,
        at=at,
        lang=lang,
        data_version=store.rooms.version,
        source_line=plain(told("view-source-whatif" if name == "whatif" else "view-source")),
        limits=plain(" ".join([found.limits.get(lang, ""), *released[1:2]])),  # what the profile does not hide comes last
        left_out=total - count,
        total=total,
        left_out_told=plain(told(f"view-left-out-{name}") if total > count else told("view-all-shown")),
    )
    edges: dict[tuple[str, str, str], tuple[set[str], set[str], set[str]]] = {}
    for row in shown:
        for end in (row["source"], row["target"]):
            if end and end not in graph:
                _place(graph, end, named, sentences)
        if row["target"]:
            key = row["source"], row["target"], row["relation"].removeprefix("edge-")
            citations, cited, via = edges.setdefault(key, (set(), set(), set()))
            citations |= {plain(named[row["cited"]]["label"])} if row["cited"] in named else set()
            cited |= {row["cited"]} - {""}
            via |= {row["via"]} - {""}
    for (source, target, relation), (citations, cited, via) in edges.items():
        label = plain(sentences.get(f"edge-{relation}") or named.get(f"change/{relation}", {}).get("label", relation))
        graph.add_edge(
            source, target, key=relation, relation=relation, label=label,
            citation="; ".join(sorted(citations)), cited=" ".join(sorted(cited)), via=" ".join(sorted(via)),
        )  # fmt: skip
    kinds = [data["kind"] for _, data in graph.nodes(data=True)]
    graph.graph["legend"] = {data["kind"]: data["kind_label"] for _, data in graph.nodes(data=True)}
    graph.graph["relations"] = {data["relation"]: data["label"] for _, _, data in graph.edges(data=True)}
    notes = " ".join(_ended(graph.graph[key]) for key in ("left_out_told", "limits", "source_line") if graph.graph[key])
    told_kinds = ", ".join(f"{word} {kinds.count(kind)}" for kind, word in graph.graph["legend"].items())
    slots |= {"TITLE": graph.graph["title"], "NODES": str(len(graph)), "KINDS": told_kinds, "EDGES": str(graph.number_of_edges()), "NOTES": notes}
    graph.graph["alt"] = told("view-alt")
    return graph


def plain(text: str) -> str:
    """The text on one line, without control characters, marks that turn the direction of writing, and what XML forbids."""
    return " ".join(_BARRED.sub(" ", text).split())


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


class _Found:
    """Rows of a view with the words of its header."""

    def __init__(self, records: list[dict[str, str]], title: dict[str, str], limits: dict[str, str]) -> None:
        self.records, self.title, self.limits = records, title, limits


def _rows(store: Store, name: str, values: dict[str, str]) -> _Found:
    """The rows of a query of ``queries/views``."""
    asked = from_file(store.rooms.queries / "views" / f"{name}.rq")
    bound = asked.bind(**{key: value for key, value in values.items() if key in asked.params})
    columns, solutions = store.select(asked.text, f"views/{name}.rq", **bound)
    rows = finished(asked, columns, solutions)
    return _Found([dict(zip(asked.columns, row, strict=True)) for row in rows], asked.title, asked.limits)


def _whatif(store: Store, name: str, *, at: str, lang: str, named: dict[str, dict[str, str]], sentences: dict[str, str]) -> tuple[_Found, str, str]:
    """The gaps that an amendment closes, changes, opens or leaves, as rows of a view; its reference; the day on which it is seen to work.

    The day is ``at``, or its own first day where that is later. The draft is named in ``named``.
    """
    from kzgraph.amendments import read, whatif

    draft = read(name, store.rooms)
    outcome = whatif(store, [draft], today=at, lang=lang)
    start = f"amendment/{draft.name}"
    named[start] = {"thing": start, "kind": "kind-amendment", "label": draft.label(lang), "url": ""}
    order = {"closes": "1", "changes-type": "2", "opens": "3", "stays": "4"}
    records = []
    for row in outcome.gaps.records():
        unit = row["gap"]

        def edge(source: str, relation: str, target: str, row: dict[str, str] = row, unit: str = unit) -> None:
            records.append({
                "part": order[row["effect"]], "rank": "", "unit": unit, "source": source, "relation": f"edge-{relation}", "target": target,
                "cited": "", "via": "", "touches": row["ground"], "place": row["provision"],
            })  # fmt: skip

        for gap, kind in ((row["gap"], row["type_label"] or row["type_after_label"]), (row["gap_after"], row["type_after_label"])):
            named.setdefault(gap, {"thing": gap, "kind": "kind-gap", "label": f"{kind}: {row['ground_label']}", "url": ""})
        named.setdefault(row["provision"], {"thing": row["provision"], "kind": "kind-provision", "label": row["provision_label"], "url": ""})
        edge(start, row["effect"], unit)
        edge(unit, "in", row["provision"])
        edge(row["provision"], row["type"] or row["type_after"], row["ground"])
        if row["effect"] == "changes-type":
            edge(unit, "becomes", row["gap_after"])
    found = _Found(records, {lang: sentences["view-title-whatif"]}, {lang: " ".join(outcome.notes[:-1])})  # the last note is the source line
    return found, start, outcome.at


def _grounds(store: Store, only: Sequence[str]) -> set[str]:
    """The grounds among ``only``, and the members of the sets of grounds among them. Raises UnknownName."""
    found: set[str] = set()
    for wanted in only:
        if not store.holds(iri(wanted)):
            raise UnknownName(f"{wanted}: nothing of that name is in the graph; 'kzgraph list' shows what there is")
        _, rows = store.select("SELECT ?set ?member WHERE { ?set <http://www.w3.org/2004/02/skos/core#member> ?member }", **{"set": node(iri(wanted))})
        found |= {wanted, *(ref(row[1].value) for row in rows)}
    return found


def _wanted(row: dict[str, str], only: Sequence[str], grounds: set[str]) -> bool:
    """Whether the ranked thing of the row touches one of the things that the view is narrowed to; what touches none of a kind stays."""
    wanted_grounds = {name for name in grounds if name.startswith("ground/")}
    places = [name for name in only if not name.startswith("ground/")]
    touched = row.get("touches", "")
    if wanted_grounds and touched and touched not in wanted_grounds:
        return False
    return not places or not row.get("place") or any(selects(place, row["place"]) for place in places)


def _chosen(records: list[dict[str, str]], most: int) -> tuple[list[dict[str, str]], int, int]:
    """The rows to show, how many ranked things there are, how many of them are shown.

    Things come in the order of their rank, one of each part of the view in turn, whole, as long as there are no more than
    ``most`` nodes; the first always comes.
    """
    parts: dict[str, dict[str, list[dict[str, str]]]] = {}
    for row in records:  # in the order of part and rank
        parts.setdefault(row["part"], {}).setdefault(row["unit"], []).append(row)
    queues = [list(units.values()) for units in parts.values()]
    turns = [queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue)]
    nodes: set[str] = set()
    shown: list[dict[str, str]] = []
    count = 0
    for unit in turns:
        more = nodes | {end for row in unit for end in (row["source"], row["target"]) if end}
        if len(more) > most and nodes:
            break
        nodes, count = more, count + 1
        shown += unit
    return shown, len(turns), count


def _place(graph: "MultiDiGraph", end: str, named: dict[str, dict[str, str]], sentences: dict[str, str]) -> None:
    """Add a node with its words."""
    known = named.get(end, {})
    kind = known.get("kind", "").removeprefix("kind-") or "thing"
    url = known.get("url", "")
    more = {"url": url} if url.startswith(("https://", "http://")) else {}
    graph.add_node(end, label=plain(known.get("label", "")) or end, kind=kind, kind_label=plain(sentences.get(f"kind-{kind}", kind)), **more)
