"""kzgraph: which grounds the law of Kazakhstan protects, and which it leaves out, on any date.

    >>> import kzgraph
    >>> graph = kzgraph.load()
    >>> gaps = kzgraph.answer(graph, "gaps", at="2026-11-20")
    >>> gaps.columns[:4]
    ('gap', 'type', 'provision', 'ground')
    >>> [row["type"] for row in gaps.records() if row["gap"].endswith("art_145/sexual-orientation")]
    ['residual-only']

The public names are loaded on first use, so that importing the package costs nothing:

- ``load(root=None, data=None)`` → :class:`Store`, the graph with what the rules derive; ``Store(open_rooms(…))`` names the :class:`Rooms`;
- ``catalogue(rooms)``, ``question(rooms, name)`` → the named questions: title, limits, parameters, columns;
- ``answer(graph, name, **values)`` → :class:`Table`, one question answered; ``narrowed(graph, asked, table, wanted)`` keeps some of its rows;
- ``page(graph, ref, at=…)`` → Table, what is stated of one thing;
- ``chain(graph, gap, at=…)``, ``cell(graph, provision, ground, at=…)`` → Table, why, step by step, each with its citation;
- ``read(name, rooms)``, ``whatif(graph, amendments, at=…)``, ``ranking(…)`` → what amendments would change;
- ``side(rooms, name)``, ``difference(old, new, at=…)`` → what differs between two versions of the data;
- ``answer_from(address, rooms, name, **values)`` → Table, the same question put to a SPARQL endpoint;
- ``to_rdflib(rooms)`` → ``rdflib.Graph``, the same graph in the interchange model.

A day is an ISO date (``2026-11-20``) or a ``datetime.date``, a reference is written as the command prints it (``ground/sex``). Every cell of a Table is a
string, empty where the graph states nothing; ``Table.records()`` gives dictionaries, ``Table.to_pandas()`` a DataFrame, and a notebook shows it as a table.
Whatever a user can mend raises a ``KzError``, whose message is one line: where, what, what to do.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "load": "store",
    "open_rooms": "rooms",
    "Rooms": "rooms",
    "Store": "store",
    "Table": "table",
    "catalogue": "questions",
    "question": "questions",
    "answer": "questions",
    "narrowed": "narrow",
    "page": "pages",
    "chain": "chains",
    "cell": "chains",
    "read": "amendments",
    "whatif": "amendments",
    "ranking": "amendments",
    "side": "differences",
    "difference": "differences",
    "answer_from": "endpoint",
    "to_rdflib": "interchange",
    "KzError": "errors",
}

if TYPE_CHECKING:
    from kzgraph.amendments import ranking as ranking
    from kzgraph.amendments import read as read
    from kzgraph.amendments import whatif as whatif
    from kzgraph.chains import cell as cell
    from kzgraph.chains import chain as chain
    from kzgraph.differences import difference as difference
    from kzgraph.differences import side as side
    from kzgraph.endpoint import answer_from as answer_from
    from kzgraph.errors import KzError as KzError
    from kzgraph.interchange import to_rdflib as to_rdflib
    from kzgraph.narrow import narrowed as narrowed
    from kzgraph.pages import page as page
    from kzgraph.questions import answer as answer
    from kzgraph.questions import catalogue as catalogue
    from kzgraph.questions import question as question
    from kzgraph.rooms import Rooms as Rooms
    from kzgraph.rooms import open_rooms as open_rooms
    from kzgraph.store import Store as Store
    from kzgraph.store import load as load
    from kzgraph.table import Table as Table

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kzgraph' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"kzgraph.{home}"), name)
    globals()[name] = found
    return found
