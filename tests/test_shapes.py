"""The shapes: each has a broken example in tests/broken that it alone finds, compiled and by pySHACL, the reference."""

from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.plugins.sparql import processor

from kzgraph.shapes import Shapes
from kzgraph.terms import BASE

BROKEN = sorted((Path(__file__).parent / "broken").glob("*.ttl"))
SHAPE = "https://w3id.org/kzgraph/shape#"


def expected(path: Path) -> set[tuple[str, str]]:
    """What the first line of a broken file promises, as {(local name of the shape, reference of the node)}."""
    first, second = path.read_text(encoding="utf-8").splitlines()[:2]
    mark, expect, shape, focus = first.split(" ")
    assert (mark, expect, shape) == ("#", "expect:", path.name.split(".")[0]), f"{path.name}: the first line reads # expect: <shape> <focus>"
    assert second.startswith("# ") and second.endswith("."), f"{path.name}: the second line says in a sentence what is wrong"
    return {(shape, focus)}


@pytest.fixture(scope="module")
def compiled(toy_rooms):
    return Shapes(toy_rooms.shapes)


def test_the_name_of_a_shape_begins_with_a_capital_as_no_rule_of_the_program_does(compiled):
    assert all(constraint.shape.rsplit("#", 1)[-1][0].isupper() for constraint in compiled.constraints), "the SHACL report tells the two apart by it"


@pytest.fixture(scope="module")
def asserted(toy_rooms):
    """The vocabulary and the hand-made world as written, without what the rules derive."""
    store = ox.Store()
    for _, body in toy_rooms.turtle:
        store.load(input=body, format=ox.RdfFormat.TURTLE)
    return store


@pytest.fixture(scope="module")
def shapes_graph(toy_rooms):
    graph = Graph()
    for _, body in toy_rooms.shapes:
        graph.parse(data=body, format="turtle")
    return graph


@pytest.fixture
def parsed_once(monkeypatch):
    """pySHACL hands the text of a rule to rdflib once for each node; here each text is parsed once."""
    known: dict = {}
    ask = processor.SPARQLProcessor.query

    def query(self, asked, initBindings=None, initNs=None, base=None, DEBUG=False):
        if isinstance(asked, str):
            key = (asked, base, tuple((initNs or {}).items()))
            if key not in known:
                known[key] = processor.translateQuery(processor.parseQuery(asked), base, initNs)
            asked = known[key]
        return ask(self, asked, initBindings, initNs, base, DEBUG)

    monkeypatch.setattr(processor.SPARQLProcessor, "query", query)


def by_queries(compiled: Shapes, store: ox.Store) -> set[tuple[str, str]]:
    """What the compiled shapes find."""
    return {
        (constraint.shape.removeprefix(SHAPE), row[0].value.removeprefix(BASE))
        for constraint in compiled.constraints
        for row in store.query(constraint.query)
    }


def by_reference(data: Graph, shapes: Graph, nodes: "list[str] | None" = None) -> set[tuple[str, str]]:
    """What pySHACL finds, in the same form; ``nodes`` are those to look at (all, without it)."""
    _, report, text = pyshacl.validate(data_graph=data, shacl_graph=shapes, focus_nodes=nodes)
    assert isinstance(report, Graph), text
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        rule = report.value(result, SH.sourceConstraint)  # of a rule this is its address; sh:sourceShape is then the shape that holds it
        named = rule if isinstance(rule, URIRef) and rule.startswith(SHAPE) else report.value(result, SH.sourceShape)
        found.add((str(named).removeprefix(SHAPE), str(report.value(result, SH.focusNode)).removeprefix(BASE)))
    return found


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name.removesuffix(".ttl"))
def test_a_broken_file_gives_its_finding_and_no_other(path, compiled, asserted):
    added = [quad for quad in ox.parse(input=path.read_bytes(), format=ox.RdfFormat.TURTLE) if quad not in asserted]
    asserted.extend(added)
    try:
        assert by_queries(compiled, asserted) == expected(path)
    finally:
        for quad in added:
            asserted.remove(quad)


def test_the_toy_world_conforms(compiled, asserted):
    assert by_queries(compiled, asserted) == set()


def test_every_shape_with_a_message_has_a_broken_file(compiled, shapes_graph):
    shapes = {str(shape).removeprefix(SHAPE) for shape in shapes_graph.subjects(SH.message)}
    assert shapes == {path.name.split(".")[0] for path in BROKEN}
    assert shapes == {constraint.shape.removeprefix(SHAPE) for constraint in compiled.constraints}


# rdflib 7.6 takes NotImplemented for a truth value where a date is held against text (term.py, __le__)
@pytest.mark.filterwarnings("ignore:NotImplemented should not be used:DeprecationWarning:rdflib")
def test_the_reference_finds_the_same(toy_rooms, shapes_graph, parsed_once):
    world = Graph()
    for _, body in toy_rooms.turtle:
        world.parse(data=body, format="turtle")
    assert by_reference(world, shapes_graph) == set()
    described, differ = set(world.subjects()), {}
    for path in BROKEN:
        file = Graph().parse(path, format="turtle")
        # A file describes new nodes only, so it can break those and the old ones that it names; the other nodes were looked at above.
        assert not described & set(file.subjects()), path.name
        nodes = sorted(str(node) for node in file.all_nodes() if isinstance(node, URIRef))
        world += file
        found = by_reference(world, shapes_graph, nodes)
        world -= file
        if found != expected(path):
            differ[path.name] = found
    assert not differ
