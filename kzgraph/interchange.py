"""The graph in the interchange model, rdflib: for exchange with other tools, and as the oracle of the tests."""

from kzgraph.errors import BadFile, one_line
from kzgraph.rooms import Rooms


def to_rdflib(rooms: Rooms, *, derive: bool = True):
    """An ``rdflib.Graph`` of everything in ontology and data; with ``derive``, also what the rules derive.

    The rules are run by rdflib itself, independently of the embedded store. Slow beyond some ten thousand triples.
    Raises BadFile, with file and line, where a file is no Turtle.
    """
    from rdflib import Graph
    from rdflib.plugins.parsers.notation3 import BadSyntax

    graph = Graph()
    for name, body in rooms.turtle:
        try:
            graph.parse(data=body, format="turtle")
        except BadSyntax as error:
            raise BadFile(f"{name}:{error.lines + 1}: {one_line(error.message)}; mend the Turtle there") from None
    if derive:
        for _, text in rooms.rules:
            for triple in graph.query(text).graph or ():
                graph.add(triple)
    return graph
