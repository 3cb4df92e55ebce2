"""Views: what each finds on both engines, what is chosen and told, and every format read back by the programs that read it."""

import csv
import io
import json
import re
import warnings
from pathlib import Path

import networkx as nx
import pyoxigraph as ox
import pytest
from conftest import HERE
from engines import plain as cell
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.namespace import XSD

from kzgraph.checks import exposed_lines
from kzgraph.errors import KzError
from kzgraph.export import exchange
from kzgraph.export.projection import VIEWS, plain, view
from kzgraph.questions import Question, answer
from kzgraph.rooms import open_rooms
from kzgraph.store import Store
from kzgraph.terms import BASE, LANGUAGES, iri, ref

TODAY = "2026-11-20"
DAY = "2021-02-01"
TOY = {
    "gaps": "", "succession": "", "provision": "act/new-law/art_3", "case": "case/2021-001", "ask": "lineage/general-act",
    "evidence": "gap/no-instrument/anti-discrimination-act/sexual-orientation", "labels": "",
}  # fmt: skip
REAL = [
    ("gaps", ""), ("provision", "act/criminal-code-2014/art_145"), ("case", "case/2022-014"), ("case", "case/2021-001"),
    ("ask", "lineage/comprehensive-anti-discrimination-law"), ("succession", ""), ("succession", "act/constitution-1995"),
    ("evidence", "gap/application-gap/criminal-code-2014/art_145/gender-identity"), ("whatif", "hate-motives"),
]  # fmt: skip
SAID = "</script><b>x</b>\x0b\n=1+1 \"q' \\N #35; &amp; \u202e"


@pytest.fixture(scope="module")
def public(rooms):
    return Store(rooms, profile="public")


def rows_of(store, name, values):
    asked = Question(name, (store.rooms.queries / "views" / f"{name}.rq").read_text(encoding="utf-8"))
    values = {key: value for key, value in values.items() if key in asked.params}
    columns, rows = store.select(asked.text, name, **asked.bind(**values))
    assert columns == list(asked.columns)
    return asked, sorted(tuple("" if term is None else term.value for term in row) for row in rows)


@pytest.mark.parametrize("name", sorted(TOY))
def test_both_engines_find_the_same(toy, toy_rdflib, name):
    values = {"at": DAY, "lang": "en", "thing": TOY[name]}
    asked, rows = rows_of(toy, name, values)
    bound = {}
    for key, (kind, _) in asked.params.items():
        bound[key] = Literal(values[key], datatype=XSD.date) if kind == "date" else URIRef(iri(values[key])) if kind == "ref" else Literal(values[key])
    assert rows == sorted(tuple(cell(term) for term in row) for row in toy_rdflib.query(asked.text, initBindings=bound))
    assert rows


def test_every_view_of_a_query_is_known_and_says_what_it_does_not_show(rooms):
    names = {path.stem for path in (rooms.queries / "views").glob("*.rq")}
    assert set(VIEWS) - {"whatif"} | {"labels"} == set(TOY) <= names
    for name in names:
        asked = Question(name, (rooms.queries / "views" / f"{name}.rq").read_text(encoding="utf-8"))
        assert set(asked.title) == set(asked.question) == set(asked.limits) == set(LANGUAGES), name


def test_a_gap_is_tied_to_its_duty_provision_and_ground(toy):
    graph = view(toy, "gaps", at=DAY, most=400)
    gaps = {row["gap"]: row for row in answer(toy, "gaps", at=DAY, lang="en").records()}
    assert {node for node, data in graph.nodes(data=True) if data["kind"] == "gap"} == set(gaps)
    for gap, row in gaps.items():
        assert graph.has_edge(gap, row["provision"], "in")
        assert graph.edges[row["provision"], row["ground"], row["type"]]["label"]
    assert any(data["relation"] == "bears-on" and data["citation"] for _, _, data in graph.edges(data=True))
    assert graph.graph["left_out"] == 0 and graph.graph["left_out_told"] == "Everything that the view finds is shown."


def test_the_gaps_of_a_day_are_those_of_the_question(store):
    for day in (DAY, TODAY):
        graph = view(store, "gaps", at=day, most=2000)
        assert {node for node, data in graph.nodes(data=True) if data["kind"] == "gap"} == {row[0] for row in answer(store, "gaps", at=day, lang="en").rows}


def test_the_first_by_the_rule_are_shown_and_the_rest_is_counted(store):
    graph = view(store, "gaps", at=TODAY)
    total = len(answer(store, "gaps", at=TODAY, lang="en"))
    shown = [node for node, data in graph.nodes(data=True) if data["kind"] == "gap"]
    assert len(graph) <= 25 and graph.graph["total"] == total and graph.graph["left_out"] == total - len(shown)
    assert f"{total - len(shown)} of {total}" in graph.graph["left_out_told"]
    assert len({node.split("/")[1] for node in shown}) == len(shown), "one of each type in turn"
    assert {target for source, target in graph.edges() if graph.nodes[target]["kind"] == "ground"} == {"ground/sexual-orientation", "ground/gender-identity"}
    assert len(view(store, "gaps", at=TODAY, most=60)) > len(graph)
    assert len(view(store, "gaps", at=TODAY, most=2)) > 2, "the first thing is always shown whole"


def test_a_view_is_narrowed_to_grounds_sets_acts_and_provisions(store):
    def gaps(*only):
        graph = view(store, "gaps", at=TODAY, most=2000, only=only)
        return {node for node, data in graph.nodes(data=True) if data["kind"] == "gap"}

    assert gaps("ground/sogi") == gaps("ground/sexual-orientation") | gaps("ground/gender-identity") != gaps()
    assert gaps("act/labour-code-2015") and all("labour-code-2015" in gap for gap in gaps("act/labour-code-2015"))
    assert gaps("ground/sex", "act/labour-code-2015") < gaps("act/labour-code-2015")
    narrowed = view(store, "succession", "act/constitution-1995", at=TODAY, most=400)
    assert {data["kind"] for _, data in narrowed.nodes(data=True)} == {"provision", "version"} and "1995" in narrowed.graph["title"]
    assert all(source.startswith("act/constitution-1995/") for source, _ in narrowed.edges())


def test_the_articles_of_two_constitutions_are_tied_by_the_kind_of_change(store):
    graph = view(store, "succession", "act/constitution-1995", at=TODAY, most=400)
    tied = {(source, target, key) for source, target, key in graph.edges(keys=True) if target.startswith("act/constitution-2026")}
    assert len(tied) == 13 and {key for _, _, key in tied} <= {"restated", "reworded", "narrowed", "widened", "split"}
    assert not [edge for edge in view(store, "succession", "act/constitution-1995", at="2026-06-30", most=400).edges() if "2026/" in edge[1]]


def test_a_case_shows_what_was_relied_on_and_passed_over(store):
    graph = view(store, "case", "case/2022-014", at=TODAY)
    relations = {key for _, target, key in graph.edges(keys=True) if target == "act/criminal-code-2014/art_145"}
    assert relations == {"invoked", "passedOver", "in"}
    assert graph.has_edge("case/2022-014", "gap/application-gap/criminal-code-2014/art_145/gender-identity", "shows")


def test_an_ask_shows_its_lineage_year_by_year(store):
    graph = view(store, "ask", "lineage/comprehensive-anti-discrimination-law", at=TODAY, most=100)
    asks = [node for node, data in graph.nodes(data=True) if data["kind"] == "ask"]
    assert len(asks) == graph.graph["total"] == len(answer(store, "lineage-asks", thing="lineage/comprehensive-anti-discrimination-law", lang="en"))
    assert all(re.match(r"\d{4}, ", graph.nodes[ask]["label"]) for ask in asks)
    same = view(store, "ask", asks[0], at=TODAY, most=100)
    assert set(same.nodes) == set(graph.nodes), "an ask leads to its lineage"
    assert not [ask for ask in view(store, "ask", asks[0], at="2010-12-31", most=100) if ask.startswith("ask/") and "-201" in ask and "2010" not in ask]


def test_what_an_amendment_does_is_told_of_each_gap(store):
    from kzgraph.amendments import read, whatif

    graph = view(store, "whatif", "hate-motives", at=TODAY, most=400)
    outcome = whatif(store, [read("hate-motives", store.rooms)], today=TODAY)
    told = {(row["effect"], row["gap"]) for row in outcome.gaps.records()}
    assert {(key, target) for source, target, key in graph.edges(keys=True) if source == "amendment/hate-motives"} == told
    assert graph.graph["at"] == outcome.at > TODAY and "draft" in graph.graph["source_line"] and "preventable" in graph.graph["limits"]


def test_a_draft_file_leaves_no_trace_of_where_it_lay(store, tmp_path):
    place = tmp_path / "own-draft.toml"
    place.write_bytes((HERE.parent / "amendments" / "hate-motives.toml").read_bytes())
    graph = view(store, "whatif", str(place), at=TODAY)
    for form in exchange.FORMATS:
        for text in exchange.written(graph, form, store).values():
            assert tmp_path.name not in text and "own-draft.toml" not in text, form
    assert graph.graph["ref"] == "amendment/own-draft" in graph


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("name", "start"), REAL)
def test_every_thing_edge_and_kind_has_its_words_and_nobody_is_exposed(public, name, start, lang):
    graph = view(public, name, start, at=TODAY, lang=lang, most=200)
    for node, data in graph.nodes(data=True):
        assert data["label"] != node and data["kind"] != "thing" and data["kind_label"] and data["label"] == plain(data["label"]), node
        assert not data["label"].startswith((":", ",")) and not data["label"].endswith((":", ", ")), (node, data["label"])
    for source, target, data in graph.edges(data=True):
        assert data["label"] and (data["label"] != data["relation"] or lang == "en"), (source, target, data)
    assert graph.graph["title"] and public.rooms.version in graph.graph["source_line"] and graph.graph["at"] in graph.graph["source_line"]
    assert str(len(graph)) in graph.graph["alt"] and graph.graph["limits"] in graph.graph["alt"]
    words = [graph.graph["alt"], *(data["label"] for _, data in graph.nodes(data=True)), *(data["citation"] for _, _, data in graph.edges(data=True))]
    assert not [found for text in words for found in exposed_lines(text)]
    assert not any("not protected" in text.lower() or "prevented" in text.lower() for text in words)


def test_only_web_addresses_are_links(public):
    links = [data["url"] for name, start in REAL for _, data in view(public, name, start, at=TODAY, most=200).nodes(data=True) if "url" in data]
    assert links and all(link.startswith(("https://", "http://")) for link in links)


@pytest.mark.parametrize(
    ("name", "start", "more", "told"),
    [
        ("gap", "", {}, "nearest|take one of gaps"), ("case", "", {}, "reference"), ("case", "case/2021-0001", {}, "nearest: case/2021"),
        ("gaps", "", {"most": 1}, "--most 1"), ("gaps", "", {"only": ("ground/none",)}, "ground/none"), ("evidence", "ground/sex", {}, "nothing to show"),
        ("gaps", "", {"at": "2026-13-01"}, "not a date"), ("gaps", "", {"lang": "de"}, "--lang de"), ("whatif", "no-such", {}, "no such amendment"),
        ("gaps", "", {"only": ("ground/birth", "act/advertising-law-2003")}, "nothing in it touches"),
    ],
)  # fmt: skip
def test_what_is_asked_amiss_is_told_in_one_line(store, name, start, more, told):
    with pytest.raises(KzError, match=told) as caught:
        view(store, name, start, **({"at": TODAY} | more))
    assert "\n" not in str(caught.value)


# ---- the formats ------------------------------------------------------------


def same(graph, read, label="label"):
    """Whether a graph read back has the things, edges and words of the graph written."""
    assert set(read.nodes) == set(graph.nodes)
    assert {node: read.nodes[node][label] for node in read} == {node: graph.nodes[node]["label"] for node in graph}
    edges = sorted((source, target, data["relation"], data["label"], data["citation"]) for source, target, data in graph.edges(data=True))
    assert sorted((source, target, data["relation"], data["label"], data["citation"]) for source, target, data in read.edges(data=True)) == edges


@pytest.fixture(scope="module", params=["en", "kk"])
def shown(public, request):
    return view(public, "provision", "act/criminal-code-2014/art_145", at=TODAY, lang=request.param, most=60)


def test_networkx_reads_graphml_gexf_and_cytoscape_json(shown, tmp_path):
    exchange.write(shown, tmp_path / "x.graphml")
    exchange.write(shown, tmp_path / "x.gexf")
    read = nx.read_graphml(tmp_path / "x.graphml", force_multigraph=True)
    same(shown, read)
    assert read.graph["left_out_told"] == shown.graph["left_out_told"] and json.loads(read.graph["legend"]) == shown.graph["legend"]
    same(shown, nx.MultiDiGraph(nx.read_gexf(tmp_path / "x.gexf")))
    same(shown, nx.cytoscape_graph(json.loads(exchange.written(shown, "cyjs")[""])))
    for form in ("graphml", "gexf"):
        ids = re.findall(r"<edge [^>]*\bid=\"([^\"]*)\"", exchange.written(shown, form)[""])
        assert len(set(ids)) == len(ids) == shown.number_of_edges(), form


def test_a_gexf_names_no_day_of_writing_and_no_library(shown):
    text = exchange.written(shown, "gexf")[""]
    assert "lastmodified" not in text and "NetworkX " not in text and "<creator>kzgraph</creator>" in text


def test_graphviz_reads_dot(shown):
    import pygraphviz

    read = pygraphviz.AGraph(string=exchange.written(shown, "dot")[""])
    assert {str(node): node.attr["label"] for node in read.nodes()} == {node: data["label"] for node, data in shown.nodes(data=True)}
    assert read.number_of_edges() == shown.number_of_edges()


MERMAID = re.compile(
    r"""flowchart[ ]LR\n[ ]{2}accTitle:[ ][^\n{};#<>"`%]*\n[ ]{2}accDescr:[ ][^\n{};#<>"`%]*\n
    (?:[ ]{2}n\d+\["(?:[^\n"#<>`\[\]{}|\\&;]|\#\d+;)*"\]\n)+(?:[ ]{2}n\d+[ ]-->(?:\|"(?:[^\n"#<>`\[\]{}|\\&;]|\#\d+;)+"\|)?[ ]n\d+\n)*""",
    re.VERBOSE,
)


def test_mermaid_keeps_its_grammar_and_its_words(shown):
    text = exchange.written(shown, "mmd")[""]
    assert MERMAID.fullmatch(text)
    assert not MERMAID.fullmatch(text.replace('"]', '"] "]', 1)) and not MERMAID.fullmatch(text.replace('["', '["<b>', 1))
    said = [re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label) for label in re.findall(r'n\d+\["(.*)"\]', text)]
    assert said == [f"{data['kind_label']}: {data['label']}" for _, data in shown.nodes(data=True)]
    assert text.count("-->") == shown.number_of_edges()


def test_tables_of_nodes_and_edges(shown, tmp_path):
    paths = exchange.write(shown, tmp_path / "x.csv")
    assert [Path(path).name for path in paths] == ["x.nodes.csv", "x.edges.csv"]
    nodes, edges = (list(csv.DictReader(io.StringIO(Path(path).read_text(encoding="utf-8")))) for path in paths)
    assert {row["Id"]: row["Label"] for row in nodes} == {node: data["label"] for node, data in shown.nodes(data=True)}
    assert len(edges) == shown.number_of_edges() and {row["Source"] for row in edges} | {row["Target"] for row in edges} <= {row["Id"] for row in nodes}


def parsed(text, form):
    """The statements that rdflib reads; its parser of JSON-LD warns of its own past."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return set(Graph().parse(data=text, format=form))


def test_rdf_is_the_statements_of_the_graph_in_every_form(public, shown, tmp_path):
    graphs = {}
    for form, name in (("ttl", "turtle"), ("jsonld", "json-ld")):
        text = exchange.written(shown, form, public)[""]
        graphs[form] = parsed(text, name)
        kind = ox.RdfFormat.TURTLE if form == "ttl" else ox.RdfFormat.JSON_LD
        assert len(list(ox.parse(input=text, format=kind))) == len(graphs[form])
    assert graphs["ttl"] == graphs["jsonld"]
    about = URIRef(f"{BASE}view/provision/act/criminal-code-2014/art_145")
    for form, name in (("trig", "trig"), ("nq", "nquads")):
        text = exchange.written(shown, form, public)[""]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            quads = set(Dataset().parse(data=text, format=name).quads())
        assert {quad[:3] for quad in quads} == graphs["ttl"]
        assert {str(quad[3]) for quad in quads if quad[0] != about} == {str(about)} and not [quad for quad in quads if quad[0] == about and quad[3] == about]
        assert len(list(ox.parse(input=text, format=ox.RdfFormat.TRIG if form == "trig" else ox.RdfFormat.N_QUADS))) == len(quads)
    stated = {(subject, predicate) for subject, predicate, _ in public.statements()}
    held = {(str(subject), str(predicate)) for subject, predicate, _ in graphs["ttl"] if subject != about}
    assert held <= stated and {iri(node) for node in shown} <= {subject for subject, _ in held}
    assert any("citation" in predicate for _, predicate in held) and any("locator" in predicate for _, predicate in held), "sources travel along"


def test_framed_json_ld_is_the_same_for_a_reader_that_frames(public, shown):
    from pyld import jsonld

    document = json.loads(exchange.written(shown, "jsonld", public)[""])
    assert len(jsonld.to_rdf(document)["@default"]) == len(parsed(json.dumps(document), "json-ld"))
    framed = jsonld.frame(document, {"@context": document["@context"], "@type": "kz:Case"})
    cases = [node for node, data in shown.nodes(data=True) if data["kind"] == "case"]
    assert {ref(case["@id"]) for case in framed["@graph"]} == set(cases)
    assert document["@id"].startswith("view/") and [thing["@id"] for thing in document["@included"]][: len(shown)] == list(shown)


@pytest.mark.parametrize("form", exchange.FORMATS)
def test_two_runs_give_the_same_bytes(rooms, form):
    made = []
    for _ in range(2):
        fresh = Store(rooms, profile="public")
        made.append(exchange.written(view(fresh, "gaps", at=TODAY, lang="ru"), form, fresh))
    assert made[0] == made[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(label=st.one_of(st.just(SAID), st.text(max_size=40)), more=st.text(st.sampled_from("<>\"'`=+-@\\{}[]|#;&%\n\r\t\x00\x0bNab ＝"), max_size=12))
def test_hostile_words_are_inert(label, more, tmp_path):
    graph = nx.MultiDiGraph(title=more, name="gaps", lang="en", left_out_told=label, limits=more, source_line=label, legend={"gap": more})
    graph.add_node("a", label=label, kind="gap", kind_label=more)
    graph.add_node("b", label=more + label, kind="ground", kind_label=label)
    graph.add_edge("a", "b", key="in", relation="in", label=more, citation=label, via="", cited="")
    said = {"a": plain(label), "b": plain(more + label)}
    (tmp_path / "x.graphml").write_text(exchange.written(graph, "graphml")[""], encoding="utf-8")
    (tmp_path / "x.gexf").write_text(exchange.written(graph, "gexf")[""], encoding="utf-8")
    drawing = nx.cytoscape_graph(json.loads(exchange.written(graph, "cyjs")[""]))
    for read in (nx.read_graphml(tmp_path / "x.graphml"), nx.read_gexf(tmp_path / "x.gexf"), drawing):
        assert {node: (data.get("label") or "") for node, data in read.nodes(data=True)} == said
    dot = exchange.written(graph, "dot")[""]
    assert all(line.count('"') - line.count('\\"') == 0 or line.startswith(("digraph", "}", "  ")) for line in dot.splitlines()) and "\x00" not in dot
    import pygraphviz

    read = pygraphviz.AGraph(string=dot)
    assert {str(node) for node in read.nodes()} == {"a", "b"} and read.number_of_edges() == 1
    assert MERMAID.fullmatch(exchange.written(graph, "mmd")[""])
    for part in exchange.written(graph, "csv").values():
        for row in list(csv.reader(io.StringIO(part)))[1:]:
            assert not [text for text in row if text.startswith(tuple("=+-@\t\r＝＋－＠"))]


def test_formats_say_what_they_need(shown, tmp_path):
    for path, told in (("x.xyz", "end the name in"), ("x.ttl", "give the store"), ("none/x.dot", "choose a place")):
        with pytest.raises(KzError, match=told):
            exchange.write(shown, tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_restricted_records_are_in_no_view_and_no_format(toy_rooms, tmp_path):
    secret = "case/2021-" + "777"
    body = f"""@prefix kz: <https://w3id.org/kzgraph/ns#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix id: <{BASE}> .
    <{BASE}{secret}> a kz:Case ; kz:tier <{BASE}tier/restricted> ; kz:year 2021 ; dct:title "planted"@en ; kz:account <{BASE}{secret}.a1> ."""
    (tmp_path / "x.ttl").write_text(body, encoding="utf-8")
    rooms = open_rooms(data=HERE / "toy", outside=tmp_path)
    hidden = Store(rooms, profile="public")
    with pytest.raises(KzError, match="nothing of that name"):
        view(hidden, "case", secret, at=DAY)
    for form in exchange.FORMATS:
        for text in exchange.written(view(hidden, "gaps", at=DAY, most=400), form, hidden).values():
            assert "777" not in text and "planted" not in text
