"""The form of the data: one home for each thing, addresses that can be typed, nothing that points nowhere."""

import re

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef

from kzgraph.shapes import Shapes
from kzgraph.terms import BASE


def files(rooms) -> list[tuple[str, Graph]]:
    return [(name, Graph().parse(data=body, format="turtle")) for name, body in rooms.turtle]


def test_each_thing_is_described_in_one_file(rooms):
    home: dict[URIRef, str] = {}
    for name, graph in files(rooms):
        for subject in set(graph.subjects()):
            assert home.setdefault(subject, name) == name, f"{subject} is described in {home[subject]} and in {name}"


def test_acts_are_at_home_in_the_file_of_their_name(rooms):
    for name, graph in files(rooms):
        for subject in set(graph.subjects()):
            if str(subject).startswith((BASE + "act/", BASE + "treaty/")):
                kind, slug = str(subject)[len(BASE):].split("/")[:2]
                assert name == f"data/{kind}/{slug}.ttl", (subject, name)


def test_no_blank_nodes_no_untyped_strings_no_foreign_letters_in_addresses(rooms):
    for name, graph in files(rooms):
        for triple in graph:
            for term in triple:
                assert not isinstance(term, BNode), f"{name}: a blank node at {triple}"
                if isinstance(term, URIRef):
                    assert str(term).isascii(), f"{name}: {term}"
                    if str(term).startswith(BASE) and "/argument/" not in str(term):
                        assert re.fullmatch(r"[a-z0-9-]+/[A-Za-z0-9_./-]+", str(term)[len(BASE):]), f"{name}: {term}"
                if isinstance(term, Literal):
                    assert not term.ill_typed, f"{name}: {term!r} at {triple}"


def test_nothing_points_nowhere(rooms):
    graph = Graph()
    for _, part in files(rooms):
        graph += part
    subjects = set(graph.subjects())
    for triple in graph:
        target = triple[2]
        if isinstance(target, URIRef) and str(target).startswith(BASE):
            assert target in subjects, f"{triple[0]} {triple[1]} points to {target}, which nothing describes"


def test_the_data_conform_to_every_shape(rooms):
    asserted = ox.Store()  # as written, without what the rules derive
    for _, body in rooms.turtle:
        asserted.load(input=body, format=ox.RdfFormat.TURTLE)
    for constraint in Shapes(rooms.shapes).constraints:
        found = [str(row[0]) for row in asserted.query(constraint.query)]
        assert not found, (constraint.shape, constraint.messages["en"], found[:5])
