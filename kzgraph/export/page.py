"""The interactive page: one HTML file, offline, that starts at one thing and its neighbours, with a list beside the picture.

What is tied to what, ``queries/views/page.rq`` finds; ``queries/views/labels.rq`` names it. The page asks nothing from the network: a
content security policy bars it, its scripts run by their digest alone, and all data go in as JSON and come out as text.
"""

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import TYPE_CHECKING

from kzgraph.export.projection import plain
from kzgraph.export.style import Style
from kzgraph.profiles import told
from kzgraph.questions import answer, finished, from_file
from kzgraph.store import Store
from kzgraph.table import save
from kzgraph.terms import LANGUAGES

if TYPE_CHECKING:
    from networkx import MultiDiGraph

_ASSETS = Path(__file__).parent / "assets" / "page"
_FORMS = {  # shapes that tell the kinds apart without colour
    "gap": "diamond", "ground": "ellipse", "provision": "round-rectangle", "act": "rectangle", "duty": "hexagon", "reading": "round-hexagon", "ask": "tag",
    "lineage": "round-tag", "case": "triangle", "document": "barrel", "area": "octagon", "shortcoming": "vee", "version": "cut-rectangle",
}  # fmt: skip


def page(graph: "MultiDiGraph", store: Store, style: "Style | None" = None) -> str:
    """The page of a view (``projection.view``): it starts at the thing of the view, or its first, and holds everything that leads on from there.

    Labels and words in three languages, a slider over the days on which something changes, filters by kind. The same view gives the same text.
    """
    style = style or Style()
    told_graph = graph.graph
    words = {
        lang: {
            name.removeprefix("sentence/").removeprefix("page-"): text
            for name, text, _ in answer(store, "sentences", lang=lang).rows if name.startswith(("sentence/edge-", "sentence/kind-", "sentence/page-"))
        }
        for lang in LANGUAGES
    }  # fmt: skip
    labels = {lang: {row["thing"]: row for row in _rows(store, "labels", lang=lang)} for lang in LANGUAGES}
    known = labels["en"]
    lines = [
        (row["source"], row["relation"].removeprefix("sentence/"), row["target"], row["from"], row["until"], row["cited"])
        for row in _rows(store, "page") if row["source"] in known and row["target"] in known
    ]  # fmt: skip
    there = {end for line in lines for end in (line[0], line[2])}
    for source, target, drawn in graph.edges(data=True):  # what a draft changes is in the view alone
        if source not in there or target not in there:
            lines.append((source, f"edge-{drawn['relation']}", target, "", "", ""))
            for lang in LANGUAGES:
                words[lang].setdefault(f"edge-{drawn['relation']}", drawn["label"])
    refs = sorted({end for line in lines for end in (line[0], line[2], line[5]) if end} | set(graph))
    place = {ref: index for index, ref in enumerate(refs)}
    nodes = [_node(ref, labels, graph) for ref in refs]
    edges: list[dict] = [
        {"s": place[source], "r": relation, "t": place[target], **({"f": since} if since else {}), **({"u": until} if until else {}),
         **({"c": place[cited]} if cited else {})}
        for source, relation, target, since, until, cited in sorted(set(lines))
    ]  # fmt: skip
    ends = {edge[key] for edge in edges for key in ("f", "u") if len(edge.get(key, "")) == 10} | {told_graph["at"]}
    start = told_graph["ref"] if told_graph["ref"] in place else next(iter(graph))
    data: dict = {
        "lang": told_graph["lang"], "at": told_graph["at"], "start": place[start], "view": sorted(graph), "words": words, "nodes": nodes, "edges": edges,
        "kinds": {kind: 1 for kind in dict.fromkeys(node["kind"] for node in nodes)}, "days": sorted(ends),
        "colours": {kind: style.colours.get(kind, "#999999") for kind in sorted({node["kind"] for node in nodes})}, "forms": _FORMS,
    }  # fmt: skip
    own = words[told_graph["lang"]]
    scripts = {name: (_ASSETS / file).read_text(encoding="utf-8") for name, file in _SCRIPTS.items()}
    lead = own["lead"].replace("DAY", told_graph["at"]).replace("VERSION", told_graph["data_version"])
    closing = (told_graph["source_line"], told_graph["limits"], *told(store, told_graph["lang"]))
    inlined = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    slots = {
        "LANG": told_graph["lang"], "TITLE": html.escape(told_graph["title"]), "LEAD": html.escape(f"{lead} {style.name}".strip()),
        "STYLE": (_ASSETS / "page.css").read_text(encoding="utf-8").replace("#0072B2", style.accent),
        "LOGO": _logo(style), "GRAPH": html.escape(own["graph"]), "NOSCRIPT": html.escape(own["noscript"]),
        "FOOTER": "".join(f"<p>{html.escape(line)}</p>" for line in closing if line),
        "HASHES": " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts.values()),
        "DATA": inlined.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"), **scripts,
    }  # fmt: skip
    parts = (_ASSETS / "page.html").read_text(encoding="utf-8").split("@")  # split once: no slot is looked for inside another
    return "".join(slots.get(part, f"@{part}@") if number % 2 else part for number, part in enumerate(parts))


_SCRIPTS = {"CYTOSCAPE": "cytoscape.min.js", "MINISEARCH": "minisearch.min.js", "PAGE": "page.js"}


def write(graph: "MultiDiGraph", store: Store, path: str, *, style: "Style | None" = None) -> None:
    """The page to a file, whole or not at all. Raises BadFile."""
    save(page(graph, store, style), path)


def _rows(store: Store, name: str, **values: str) -> list[dict[str, str]]:
    """The rows of a query of ``queries/views``."""
    asked = from_file(store.rooms.queries / "views" / f"{name}.rq")
    rows = finished(asked, *store.select(asked.text, f"views/{name}.rq", **asked.bind(**values)))
    return [dict(zip(asked.columns, row, strict=True)) for row in rows]


def _node(ref: str, labels: dict[str, dict[str, dict[str, str]]], graph: "MultiDiGraph") -> dict:
    row = labels["en"].get(ref)
    if row is None:
        data = graph.nodes[ref]
        return {"ref": ref, "kind": data["kind"], "label": {"en": data["label"]}}
    url = row["url"] if row["url"].startswith(("https://", "http://")) else ""
    named = {lang: plain(labels[lang][ref]["label"]) for lang in LANGUAGES if labels[lang].get(ref, {}).get("label")}
    return {"ref": ref, "kind": row["kind"].removeprefix("kind-"), "label": named, **({"url": url} if url else {})}


def _logo(style: Style) -> str:
    if not style.logo:
        return ""
    kind = "svg+xml" if style.logo_type == "svg" else "png"
    return f'<img class="logo" alt="{html.escape(style.name)}" src="data:image/{kind};base64,{base64.b64encode(style.logo).decode()}">'
