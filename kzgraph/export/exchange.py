"""A view in the formats of other programs: graph editors, notebooks, graph databases, and RDF.

The graph formats hold the drawing (things, edges, words, citations). The RDF formats hold the statements of the graph itself about the
things shown, the citations and whatever joins them; the view, its title and its limits are described beside them.
"""

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from kzgraph.errors import BadValue
from kzgraph.export.projection import plain
from kzgraph.store import Store
from kzgraph.table import save
from kzgraph.terms import BASE, NS, iri, ref

if TYPE_CHECKING:
    from networkx import MultiDiGraph

RDF = ("ttl", "trig", "nq", "jsonld")
FORMATS = ("graphml", "gexf", "cyjs", "dot", "mmd", "csv", *RDF)
_PREFIXES = {
    "kz": NS, "dct": "http://purl.org/dc/terms/", "eli": "http://data.europa.eu/eli/ontology#", "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#", "owl": "http://www.w3.org/2002/07/owl#", "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "skos": "http://www.w3.org/2004/02/skos/core#", "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_FORMULA = "=+-@\t\r\n＝＋－＠"  # a cell that begins so is computed by a spreadsheet, the wide forms included
_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)


def write(graph: "MultiDiGraph", path: "str | os.PathLike", store: "Store | None" = None) -> list[str]:
    """Write a view (projection.view) to ``path``, in the format of its suffix (FORMATS); gives the paths written. The same graph gives the same bytes.

    ``x.csv`` becomes ``x.nodes.csv`` and ``x.edges.csv``. The RDF formats take the statements from ``store``. Raises BadValue for another
    suffix, or without a store where one is needed; BadFile where the place cannot be written.
    """
    form = Path(path).suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise BadValue(f"{path}: no format of that name; end the name in .svg, .png, .pdf, .html, .{', .'.join(FORMATS)}")
    bodies = written(graph, form, store)
    paths = [str(path)] if len(bodies) == 1 else [f"{str(path)[: -len(form) - 1]}.{part}.{form}" for part in bodies]
    for place, body in zip(paths, bodies.values(), strict=True):
        save(body, place)
    return paths


def written(graph: "MultiDiGraph", form: str, store: "Store | None" = None) -> dict[str, str]:
    """The view as text of one of FORMATS, by part: one part without a name, or ``nodes`` and ``edges`` for csv. Raises BadValue."""
    if form == "csv":
        return _csv(graph)
    if form in RDF:
        if store is None:
            raise BadValue(f"{form}: the statements are read from the graph; give the store")
        return {"": _rdf(graph, form, store)}
    writer = {"graphml": _graphml, "gexf": _gexf, "cyjs": _cyjs, "dot": _dot, "mmd": _mermaid}.get(form)
    if writer is None:
        raise BadValue(f"{form}: no such format; take one of {', '.join(FORMATS)}")
    return {"": writer(graph)}


def _flat(graph: "MultiDiGraph") -> "MultiDiGraph":
    """The graph with attributes that every format can hold: text without control characters, numbers; edges numbered."""
    from networkx import MultiDiGraph

    def scalar(value: object) -> "str | int":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str))

    flat = MultiDiGraph(**{plain(key): scalar(value) for key, value in graph.graph.items()})
    for node, data in graph.nodes(data=True):
        flat.add_node(plain(str(node)), **{plain(key): scalar(value) for key, value in data.items()})
    for number, (source, target, key, data) in enumerate(graph.edges(keys=True, data=True)):
        flat.add_edge(
            plain(str(source)), plain(str(target)), key=plain(str(key)), **({plain(word): scalar(value) for word, value in data.items()} | {"id": f"e{number}"})
        )
    return flat


def _graphml(graph: "MultiDiGraph") -> str:
    from networkx import generate_graphml

    return "<?xml version='1.0' encoding='utf-8'?>\n" + "\n".join(generate_graphml(_flat(graph), edge_id_from_attribute="id")) + "\n"


def _gexf(graph: "MultiDiGraph") -> str:
    from xml.sax.saxutils import escape

    from networkx import generate_gexf

    flat = _flat(graph)
    told = escape(" ".join(str(flat.graph[key]) for key in ("title", "left_out_told", "limits", "source_line") if flat.graph.get(key)))
    flat.graph.clear()
    text = "\n".join(generate_gexf(flat, version="1.2draft"))
    # the library writes its release and the day of writing
    text = re.sub(r"<meta\b.*?</meta>", lambda _: f"<meta><creator>kzgraph</creator><description>{told}</description></meta>", text, count=1, flags=re.DOTALL)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + text + "\n"


def _cyjs(graph: "MultiDiGraph") -> str:
    from networkx import cytoscape_data

    flat = _flat(graph)
    for _, data in flat.nodes(data=True):
        data["name"] = data.get("label", "")  # the column that Cytoscape shows
    return json.dumps(cytoscape_data(flat), ensure_ascii=False, indent=1) + "\n"


def _dot(graph: "MultiDiGraph") -> str:
    def quoted(text: object) -> str:
        return '"' + plain(str(text)).replace("\\", "\\\\").replace('"', '\\"') + '"'

    def listed(data: dict) -> str:
        return "[" + ", ".join(f"{quoted(key)}={quoted(value)}" for key, value in sorted(data.items())) + "]"

    flat = _flat(graph)
    flat.graph.pop("name", None)
    lines = ["digraph {", f"  graph {listed({'rankdir': 'LR', 'label': flat.graph.get('title', '')} | flat.graph)};", "  node [shape=box];"]
    lines += [f"  {quoted(node)} {listed(data)};" for node, data in flat.nodes(data=True)]
    lines += [f"  {quoted(source)} -> {quoted(target)} {listed(data)};" for source, target, data in flat.edges(data=True)]
    return "\n".join([*lines, "}"]) + "\n"


def _mermaid(graph: "MultiDiGraph") -> str:
    def quoted(text: object) -> str:
        """Letters, digits and harmless signs as they are, the rest as the numbered entities of Mermaid."""
        return '"' + "".join(letter if letter.isalnum() or letter in " .,:()–-/§№«»'" else f"#{ord(letter)};" for letter in plain(str(text))) + '"'

    def bare(text: object) -> str:
        return "".join(letter if letter.isalnum() or letter in " .,:()–-/§№«»" else " " for letter in plain(str(text))).strip()

    names = {node: f"n{number}" for number, node in enumerate(graph)}
    lines = ["flowchart LR", f"  accTitle: {bare(graph.graph.get('title', ''))}"]
    lines.append("  accDescr: " + bare(" ".join(str(graph.graph.get(key, "")) for key in ("left_out_told", "limits", "source_line"))))
    for node, data in graph.nodes(data=True):
        word = data.get("kind_label") or data.get("kind") or "?"
        lines.append(f"  {names[node]}[{quoted(f'{word}: ' + str(data.get('label', node)))}]")
    for source, target, data in graph.edges(data=True):
        told = quoted(data.get("label", ""))
        lines.append(f"  {names[source]} -->{f'|{told}|' if len(told) > 2 else ''} {names[target]}")
    return "\n".join(lines) + "\n"


def _csv(graph: "MultiDiGraph") -> dict[str, str]:
    import csv
    import io

    def cell(value: object) -> str:
        text = plain(str(value))
        return f"'{text}" if text.startswith(tuple(_FORMULA)) else text

    def table(columns: tuple[str, ...], rows: list[list[str]]) -> str:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
        return out.getvalue()

    words = ("kind", "kind_label", "url")
    nodes = [[cell(node), cell(data.get("label", "")), *(cell(data.get(word, "")) for word in words)] for node, data in graph.nodes(data=True)]
    edges = [
        [cell(source), cell(target), "Directed", cell(data.get("label", "")), cell(data.get("relation", "")), cell(data.get("citation", ""))]
        for source, target, data in graph.edges(data=True)
    ]
    return {"nodes": table(("Id", "Label", *words), nodes), "edges": table(("Source", "Target", "Type", "Label", "relation", "citation"), edges)}


def _about(graph: "MultiDiGraph") -> tuple[str, list[tuple[str, str, str]]]:
    """The address of the view and what is said of it."""
    from pyoxigraph import Literal

    name = "/".join(part for part in ("view", str(graph.graph.get("name", "")), str(graph.graph.get("ref", ""))) if part)
    lang = str(graph.graph.get("lang", "en"))
    told = " ".join(str(graph.graph.get(key, "")) for key in ("left_out_told", "limits", "source_line"))
    dct = _PREFIXES["dct"]
    return iri(name), [
        (iri(name), f"{dct}title", str(Literal(plain(str(graph.graph.get("title", ""))), language=lang))),
        (iri(name), f"{dct}description", str(Literal(plain(told), language=lang))),
        (iri(name), f"{dct}temporal", str(Literal(str(graph.graph.get("at", ""))))),
        (iri(name), f"{dct}license", _LICENCE),
        (iri(name), f"{_PREFIXES['owl']}versionInfo", str(Literal(str(graph.graph.get("data_version", ""))))),
    ]


def _parts(graph: "MultiDiGraph") -> tuple[dict[str, int], dict[str, int]]:
    """The IRIs of the things shown, and those of citations and of what joins them, each with its place."""
    shown = {iri(str(node)): number for number, node in enumerate(graph)}
    joins: dict[str, int] = {}
    for _, _, data in graph.edges(data=True):
        for name in f"{data.get('via', '')} {data.get('cited', '')}".split():
            if iri(name) not in shown:
                joins.setdefault(iri(name), len(joins))
    return shown, joins


def _statements(graph: "MultiDiGraph", store: Store) -> list[tuple[str, str, str]]:
    """The statements about the things shown and about what joins them, in the order of the view."""
    shown, joins = _parts(graph)
    order = {name: (0, at) for name, at in shown.items()} | {name: (1, at) for name, at in joins.items()}
    found = [statement for statement in store.statements() if statement[0] in order and not statement[2].startswith("_:")]
    return sorted(found, key=lambda statement: (order[statement[0]], statement))


def _rdf(graph: "MultiDiGraph", form: str, store: Store) -> str:
    import pyoxigraph as ox

    view, about = _about(graph)
    statements = _statements(graph, store)
    if form == "jsonld":
        return _jsonld(graph, about, statements)

    def line(statement: tuple[str, str, str], named: str = "") -> str:
        subject, predicate, value = statement
        return f"<{subject}> <{predicate}> {value if value.startswith(chr(34)) else f'<{value}>'}{f' <{named}>' if named else ''} .\n"

    within = "" if form == "ttl" else view
    text = "".join(map(line, about)) + "".join(line(statement, within) for statement in statements)
    if form == "nq":
        return text
    quads = ox.parse(input=text, format=ox.RdfFormat.N_QUADS)
    kind = ox.RdfFormat.TRIG if form == "trig" else ox.RdfFormat.TURTLE
    body = ox.serialize(quads if form == "trig" else (quad.triple for quad in quads), format=kind, prefixes=_PREFIXES, base_iri=BASE) or b""
    lines = body.decode().splitlines(keepends=True)
    count = sum(line.startswith("@prefix ") for line in lines)  # right behind the base, in another order every time
    return "".join([lines[0], *(f"@prefix {prefix}: <{address}> .\n" for prefix, address in _PREFIXES.items()), *lines[1 + count :]])


def _jsonld(graph: "MultiDiGraph", about: list[tuple[str, str, str]], statements: list[tuple[str, str, str]]) -> str:
    """Framed JSON-LD: the view at the root, below it every thing shown; a citation, or what joins two things, stands where it is first named."""
    shown, joins = _parts(graph)
    held: dict[str, dict] = {}
    for subject, predicate, value in [*about, *statements]:
        thing = held.setdefault(subject, {"@id": ref(subject)})
        key = "@type" if predicate == f"{_PREFIXES['rdf']}type" else _short(predicate)
        thing.setdefault(key, []).append(_short(value) if key == "@type" else _value(value))
    used: set[str] = set()

    def framed(name: str) -> dict:
        used.add(name)
        thing = {}
        for key, values in held[name].items():
            if isinstance(values, list):
                inner = [_inner(value) if isinstance(value, dict) and "@id" in value else value for value in values]
                thing[key] = inner[0] if len(inner) == 1 else inner
            else:
                thing[key] = values
        return thing

    def _inner(value: dict) -> dict:
        name = iri(value["@id"])
        return framed(name) if name in joins and name in held and name not in used else value

    root = framed(about[0][0])
    things = [framed(name) for name in shown if name in held]
    things += [framed(name) for name in joins if name in held and name not in used]
    context = {"@version": 1.1, "@base": BASE} | _PREFIXES
    return json.dumps({"@context": context, **root, "@included": things}, ensure_ascii=False, indent=1) + "\n"


def _short(name: str) -> str:
    for prefix, address in _PREFIXES.items():
        if name.startswith(address) and re.fullmatch(r"[A-Za-z_][\w-]*", name[len(address) :]):
            return f"{prefix}:{name[len(address):]}"
    return name


def _value(value: str) -> "str | dict[str, str]":
    match = _LITERAL.fullmatch(value)
    if match is None:
        return {"@id": ref(value)}
    text = json.loads(f'"{match[1]}"', strict=False)
    if match[2]:
        return {"@value": text, "@language": match[2]}
    return {"@value": text, "@type": _short(match[3])} if match[3] else text
