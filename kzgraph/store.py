"""The store: the graph and what the rules derive from it, ready to be asked. Only this module knows the engine."""

import os
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kzgraph import __version__
from kzgraph.errors import BadFile, BadQuery, one_line
from kzgraph.rooms import Rooms

_XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")


class Store:
    """The graph of a set of rooms in memory.

    The derived part costs most of the time and depends on nothing but the files, so the whole graph is kept
    as N-Triples in the user's cache folder under the digest of those files: an edited file has another digest
    and so never meets an old answer. ``cache=False``, or ``KZGRAPH_CACHE=off``, does without.
    """

    def __init__(self, rooms: Rooms, *, cache: bool = True) -> None:
        self.rooms = rooms
        self.engine = ox.Store()
        kept = _kept(rooms) if cache else None
        if kept is not None and kept.is_file():
            try:
                self.engine.load(path=str(kept), format=ox.RdfFormat.N_TRIPLES, lenient=True)  # our own output, checked when written
                return
            except (OSError, SyntaxError, ValueError):
                self.engine = ox.Store()  # a damaged cache is no cache
        for name, body in rooms.turtle:
            try:
                self.engine.load(input=body, format=ox.RdfFormat.TURTLE)
            except SyntaxError as error:
                line = f":{error.lineno}" if error.lineno else ""
                raise BadFile(f"{name}{line}: {one_line(error.msg)}; mend the Turtle there") from None
            except ValueError as error:
                raise BadFile(f"{name}: {one_line(error)}; save the file as UTF-8 Turtle") from None
        for name, text in rooms.rules:
            try:
                derived = self.engine.query(text)
            except SyntaxError as error:
                raise BadQuery(f"{name}: {one_line(error)}; mend the rule") from None
            if not isinstance(derived, ox.QueryTriples):
                raise BadQuery(f"{name}: a rule derives triples; write it as a CONSTRUCT")
            lines = derived.serialize(format=ox.RdfFormat.N_TRIPLES)
            self.engine.load(input=lines, format=ox.RdfFormat.N_TRIPLES)
        if kept is not None:
            _keep(self.engine, kept)

    def select(self, text: str, where: str = "query", /, **values: "ox.NamedNode | ox.Literal") -> tuple[list[str], Iterator[list]]:
        """Columns and rows of a SELECT; each cell is a term of the engine, or None where nothing is bound.

        ``values`` are bound to the variables of the same name, never pasted into the text.
        Raises BadQuery where the text does not parse or is no SELECT.
        """
        try:
            solutions = self.engine.query(text, substitutions={ox.Variable(name): value for name, value in values.items()})
        except SyntaxError as error:
            raise BadQuery(f"{where}: {one_line(error)}; mend the query") from None
        except RuntimeError as error:
            raise BadQuery(f"{where}: {one_line(error)}; every parameter must be a column of the SELECT") from None
        if not isinstance(solutions, ox.QuerySolutions):
            raise BadQuery(f"{where}: only SELECT gives rows; write the question as a SELECT")
        columns = [variable.value for variable in solutions.variables]
        return columns, ([solution[index] for index in range(len(columns))] for solution in solutions)

    def holds(self, iri: str) -> bool:
        """Whether anything is stated about the IRI."""
        return next(self.engine.quads_for_pattern(ox.NamedNode(iri), None, None), None) is not None

    def __len__(self) -> int:
        return len(self.engine)


def node(iri: str) -> ox.NamedNode:
    """An IRI as a value for ``Store.select``."""
    return ox.NamedNode(iri)


def date_value(text: str) -> ox.Literal:
    """An ISO date as a value for ``Store.select``."""
    return ox.Literal(text, datatype=_XSD_DATE)


def text_value(text: str) -> ox.Literal:
    """A plain string as a value for ``Store.select``."""
    return ox.Literal(text)


def _kept(rooms: Rooms) -> "Path | None":
    if os.environ.get("KZGRAPH_CACHE") == "off":
        return None
    home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(home) / "kzgraph" / f"{rooms.digest}-{__version__}-{ox.__version__}.nt"


def _keep(engine: ox.Store, kept: Path) -> None:
    """Write the cache beside its place and rename it: no reader ever meets half a file."""
    import tempfile

    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=kept.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                engine.dump(output=stream, format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
            os.replace(unfinished, kept)
        except BaseException:
            os.unlink(unfinished)
            raise
        others = sorted(kept.parent.glob("*.nt"), key=lambda path: path.stat().st_mtime)
        for old in others[:-8]:  # a few versions side by side are useful; a heap of them is not
            old.unlink(missing_ok=True)
    except OSError:
        pass  # a read-only home costs time, not the answer
