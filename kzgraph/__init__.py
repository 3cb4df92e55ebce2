"""kzgraph: which grounds the law of Kazakhstan protects, and which it leaves out, on any date.

The public names are loaded on first use, so that importing the package costs nothing:

- ``open_rooms(root=None, data=None)`` → :class:`kzgraph.rooms.Rooms`, the folders that hold the graph;
- ``Store(rooms)`` → :class:`kzgraph.store.Store`, the graph with what the rules derive from it;
- ``catalogue(rooms)`` → the named questions, by name;
- ``answer(store, name, **values)`` → :class:`kzgraph.table.Table`, one named question answered;
- ``to_rdflib(rooms)`` → ``rdflib.Graph``, the same graph in the interchange model.
"""

__version__ = "0.1.0"

_HOMES = {
    "open_rooms": "rooms",
    "Rooms": "rooms",
    "Store": "store",
    "Table": "table",
    "catalogue": "questions",
    "answer": "questions",
    "to_rdflib": "interchange",
    "KzError": "errors",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str):
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kzgraph' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"kzgraph.{home}"), name)
