"""The store: the graph and what the rules derive from it, ready to be asked. Only this module knows the engine."""

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kzgraph import __version__
from kzgraph.errors import BadFile, BadQuery, BadValue, one_line
from kzgraph.rooms import Rooms, open_rooms
from kzgraph.terms import BASE, NS

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")


class Store:
    """The graph of a set of rooms in memory, loaded when it is first asked.

    The derived part costs most of the time and depends on nothing but the files, so the whole graph, and the
    answers to named questions, are kept in the user's cache folder under the digest of those files: an edited file
    has another digest and so never meets an old answer. ``cache=False``, or ``KZGRAPH_CACHE=off``, does without.
    Records of the restricted tier are taken out before anything is derived, unless ``restricted`` asks for them.
    With a ``profile`` (``public``, ``partner``, ``internal``; ontology/profiles.ttl) the graph holds, after all was derived, only what
    that profile lets through, so that nothing made from it can hold more.
    """

    def __init__(self, rooms: Rooms, *, cache: bool = True, restricted: bool = False, profile: str = "") -> None:
        self.rooms = rooms
        self.restricted = restricted
        self.profile = profile
        kind = ("-restricted" if restricted else "") + (f"-{profile}" if profile else "")
        self.cache = Cache(rooms, kind) if cache and os.environ.get("KZGRAPH_CACHE") != "off" else None

    @cached_property
    def engine(self) -> ox.Store:
        """The engine with everything in it. Raises BadFile and BadQuery, with file and line."""
        engine = ox.Store()
        kept = self.cache.path("graph.nt") if self.cache else None
        if kept is not None and kept.is_file():
            try:
                engine.load(path=str(kept), format=ox.RdfFormat.N_TRIPLES, lenient=True)  # our own output, checked when written
                return engine
            except (OSError, SyntaxError, ValueError):
                engine = ox.Store()  # a damaged cache is no cache
        for name, body in self.rooms.turtle:
            try:
                engine.load(input=body, format=ox.RdfFormat.TURTLE)
            except SyntaxError as error:
                line = f":{error.lineno}" if error.lineno else ""
                raise BadFile(f"{name}{line}: {one_line(error.msg)}; mend the Turtle there") from None
            except ValueError as error:
                raise BadFile(f"{name}: {one_line(error)}; save the file as UTF-8 Turtle") from None
        if not self.restricted:
            _withhold(engine)
        for name, text in self.rooms.rules:
            try:
                derived = engine.query(text)
            except SyntaxError as error:
                raise BadQuery(f"{name}: {one_line(error)}; mend the rule") from None
            if not isinstance(derived, ox.QueryTriples):
                raise BadQuery(f"{name}: a rule derives triples; write it as a CONSTRUCT")
            lines = derived.serialize(format=ox.RdfFormat.N_TRIPLES)
            engine.load(input=lines, format=ox.RdfFormat.N_TRIPLES)
        if self.profile:
            engine = _let_through(engine, self.profile)
        if self.cache:
            self.cache.keep("graph.nt", engine.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()) or b"")
        return engine

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
        return columns, (list(solution) for solution in solutions)

    def statements(self) -> set[tuple[str, str, str]]:
        """Everything in the graph as (subject, property, value): IRIs as they are, literals in N-Triples form."""
        return {
            (quad.subject.value, quad.predicate.value, quad.object.value if isinstance(quad.object, ox.NamedNode) else str(quad.object))
            for quad in self.engine
            if isinstance(quad.subject, ox.NamedNode)
        }

    def holds(self, iri: str) -> bool:
        """Whether anything is stated about the IRI."""
        return next(self.engine.quads_for_pattern(ox.NamedNode(iri), None, None), None) is not None

    def __len__(self) -> int:
        return len(self.engine)


def load(root: "str | os.PathLike | None" = None, data: "str | os.PathLike | None" = None) -> Store:
    """The graph of the rooms at ``root`` (the shipped ones without it), with the data of another folder in ``data``.

    >>> graph = load()
    >>> len(graph.rooms.version)
    12

    Raises RoomMissing; BadFile and BadQuery when it is first asked.
    """
    return Store(open_rooms(root, data))


def node(iri: str) -> ox.NamedNode:
    """An IRI as a value for ``Store.select``."""
    return ox.NamedNode(iri)


def date_value(text: str) -> ox.Literal:
    """An ISO date as a value for ``Store.select``."""
    return ox.Literal(text, datatype=_XSD_DATE)


def text_value(text: str) -> ox.Literal:
    """A plain string as a value for ``Store.select``."""
    return ox.Literal(text)


def _withhold(engine: ox.Store) -> None:
    """Take out every record of the restricted tier, its parts and whatever points to it, before anything is derived."""
    tier = ox.NamedNode(f"{BASE}tier/restricted")
    found = (quad.subject for quad in engine.quads_for_pattern(None, ox.NamedNode(f"{NS}tier"), tier))
    hidden = {subject.value for subject in found if isinstance(subject, ox.NamedNode)}
    if not hidden:
        return
    parts = tuple(f"{iri}." for iri in hidden)

    def concerned(term) -> bool:
        return isinstance(term, ox.NamedNode) and (term.value in hidden or term.value.startswith(parts))

    for quad in [quad for quad in engine if concerned(quad.subject) or concerned(quad.object)]:
        engine.remove(quad)


def _let_through(engine: ox.Store, profile: str) -> ox.Store:
    """A graph with only the classes and properties that the profile lists, its tiers, and no pointer to what was left behind."""

    def objects(subject: ox.NamedNode, name: str) -> list[ox.NamedNode]:
        found = (quad.object for quad in engine.quads_for_pattern(subject, ox.NamedNode(NS + name), None))
        return [thing for thing in found if isinstance(thing, ox.NamedNode)]

    lines, tiers, chain = set(), set(), [ox.NamedNode(f"{BASE}profile/{profile}")]
    for one in chain:
        chain += [other for other in objects(one, "extendsProfile") if other not in chain]
        lines |= {(kind, key) for line in objects(one, "lets") for kind in objects(line, "ofClass") for key in objects(line, "letsProperty")}
    tiers |= {tier.value for tier in objects(chain[0], "letsTier")}
    if not lines:
        raise BadValue(f"{profile}: no such profile; 'kzgraph list profiles' names them")
    kinds = {kind for kind, _ in lines}
    classes: dict = {}
    for quad in engine.quads_for_pattern(None, ox.NamedNode(_TYPE), None):
        classes.setdefault(quad.subject, set()).add(quad.object)
    tier = ox.NamedNode(f"{NS}tier")
    barred = {str(quad.subject)[1:-1] for quad in engine.quads_for_pattern(None, tier, None) if str(quad.object)[1:-1] not in tiers}
    parts = tuple(f"{iri}." for iri in barred)

    def kept(thing) -> bool:
        if thing.value in barred or thing.value.startswith(parts):
            return False
        return bool(classes.get(thing, set()) & kinds)

    known = {quad.subject for quad in engine}
    keeps = {thing: kept(thing) for thing in known}
    fresh = ox.Store()
    fresh.bulk_extend(
        quad for quad in engine
        if keeps[quad.subject] and any((kind, quad.predicate) in lines for kind in classes[quad.subject])
        and (isinstance(quad.object, ox.Literal) or keeps.get(quad.object, not quad.object.value.startswith(BASE)))
    )  # fmt: skip
    return fresh


class Cache:
    """A folder of the user's for one state of the files and of the program. What cannot be written is done without."""

    def __init__(self, rooms: Rooms, kind: str = "") -> None:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        self.folder = Path(home) / "kzgraph" / f"{rooms.digest}-{__version__}-{ox.__version__}{kind}"

    def path(self, name: str) -> Path:
        """Where a thing of that name is kept."""
        return self.folder / name

    def read(self, name: str) -> "bytes | None":
        """What is kept under that name, or None."""
        try:
            return self.path(name).read_bytes()
        except OSError:
            return None

    def keep(self, name: str, body: bytes) -> None:
        """Write beside the place and rename: no reader ever meets half a file. The eight newest states stay."""
        import shutil
        import tempfile

        try:
            fresh = not self.folder.is_dir()
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "wb") as stream:
                stream.write(body)
            os.replace(unfinished, self.path(name))
            if fresh:
                states = sorted((path for path in self.folder.parent.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
                for old in states[:-8]:
                    shutil.rmtree(old, ignore_errors=True)
        except OSError:
            pass  # a read-only home costs time, not the answer
