"""One question put to both engines, the answers in one form, so that they can be held against each other."""

from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kzgraph.questions import Question, question
from kzgraph.terms import iri

# what each question is asked over the real data
REAL = {
    "at": "2026-11-20",
    "lang": "en",
    "since": "2024-12-31",
    "until": "2026-11-20",
    "body": "body/cescr",
    "gap": "gap/residual-only/criminal-code-2014/art_145/sexual-orientation",
    "ground": "ground/sex",
    "provision": "act/criminal-code-2014/art_145",
}
THING = {
    "show-provision": "act/criminal-code-2014/art_145",
    "show-ground": "ground/sex",
    "show-thing": "body/cescr",
    "show-case": "case/2021-001",
    "lineage-asks": "lineage/comprehensive-anti-discrimination-law",
}


def real_values(asked: Question, **instead: str) -> dict[str, str]:
    """A value for each parameter of a question, for the real data; ``instead`` replaces some."""
    return {key: instead.get(key) or REAL.get(key) or THING[asked.name] for key in asked.params}


def rdflib_rows(graph, rooms, name: str, **values: str) -> list[tuple[str, ...]]:
    """The rows that rdflib gives for a named question, as sorted tuples of strings."""
    asked = question(rooms, name)
    bound = {}
    for key, value in values.items():
        kind = asked.params[key][0]
        bound[key] = Literal(value, datatype=XSD.date) if kind == "date" else URIRef(iri(value)) if kind == "ref" else Literal(value)
    return sorted(tuple(plain(cell) for cell in row) for row in graph.query(asked.text, initBindings=bound))


def plain(term) -> str:
    """A term of rdflib as the embedded store writes it: that store keeps numbers in their shortest form."""
    if isinstance(term, Literal) and term.datatype == XSD.decimal:
        return format(term.toPython().normalize(), "f")
    return "" if term is None else str(term)


def store_rows(store, name: str, **values: str) -> list[tuple[str, ...]]:
    """The rows that the embedded store gives for the same question, in the same form."""
    asked = question(store.rooms, name)
    _, rows = store.select(asked.text, name, **asked.bind(**values))
    return sorted(tuple("" if cell is None else cell.value for cell in row) for row in rows)
