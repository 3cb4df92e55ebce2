"""The store: the graph and what the rules derive from it, ready to be asked. Only this module knows the engine."""

import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

import pyoxigraph as ox

from kzgraph.errors import BadFile, BadQuery, BadValue, one_line
from kzgraph.rooms import Rooms, open_rooms
from kzgraph.terms import BASE, NS, ref

NOT_RESTRICTED = "restricted records leave with the profile internal alone; take it, or leave --show-restricted out"
_IS_A = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_IN_SCHEME = ox.NamedNode("http://www.w3.org/2004/02/skos/core#inScheme")
_OWL = "http://www.w3.org/2002/07/owl#"
_TIER, _RESTRICTED = ox.NamedNode(f"{NS}tier"), ox.NamedNode(f"{BASE}tier/restricted")
_YES = ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
_SPAN = re.compile(r"\d{4}(?:-\d{2}){0,2}(?:/\d{4}(?:-\d{2}){0,2})?")
_DAY = re.compile(r"(\d{4}-\d{2})-\d{2}")
_XSD_DATE = ox.NamedNode("http://www.w3.org/2001/XMLSchema#date")


class Store:
    """The graph of a set of rooms in memory, loaded when it is first asked.

    The derived part costs most of the time and depends on nothing but the files, so the whole graph, and the
    answers to named questions, are kept in the user's cache folder under the digest of those files and of the program:
    an edited file has another digest and so never meets an old answer. ``cache=False``, or ``KZGRAPH_CACHE=off``, does without.
    Records of the restricted tier are taken out before anything is derived, with all that only they point to, unless ``restricted``
    asks for them; a graph that holds them is never kept.
    With a ``profile`` (``public``, ``partner``, ``internal``; ontology/profiles.ttl) the graph holds, after all was derived, only what
    that profile lets through, so that nothing made from it can hold more; records of other tiers are taken out before.
    """

    def __init__(self, rooms: Rooms, *, cache: bool = True, restricted: bool = False, profile: str = "") -> None:
        self.rooms = rooms
        self.restricted = restricted
        self.profile = profile
        kept = cache and not restricted and os.environ.get("KZGRAPH_CACHE") != "off"  # restricted records are never left in a second place
        self.cache = Cache(rooms, f"-{profile}" if profile else "") if kept else None

    @cached_property
    def engine(self) -> ox.Store:
        """The engine with everything in it. Raises BadFile and BadQuery, with file and line."""
        engine = ox.Store()
        kept = self.cache.read("graph.nt") if self.cache else None
        if kept is not None:
            engine.load(input=kept, format=ox.RdfFormat.N_TRIPLES, lenient=True)  # our own output, whole as it was written
            return engine
        for name, body in self.rooms.turtle:
            try:
                engine.load(input=body, format=ox.RdfFormat.TURTLE)
            except SyntaxError as error:
                line = f":{error.lineno}" if error.lineno else ""
                raise BadFile(f"{name}{line}: {one_line(error.msg)}; mend the Turtle there") from None
            except ValueError as error:
                raise BadFile(f"{name}: {one_line(error)}; save the file as UTF-8 Turtle") from None
        lets = _Lets(self.rooms, self.profile) if self.profile else None
        if lets:
            if self.restricted and _RESTRICTED not in lets.tiers:
                raise BadValue(f"--profile {self.profile}: {NOT_RESTRICTED}")
            _withhold(engine, lets.withheld(engine))
        if not self.restricted:
            _withhold(engine, _restricted(engine))
        for name, text in self.rooms.rules:
            try:
                derived = engine.query(text)
            except SyntaxError as error:
                raise BadQuery(f"{name}: {one_line(error)}; mend the rule") from None
            if not isinstance(derived, ox.QueryTriples):
                raise BadQuery(f"{name}: a rule derives triples; write it as a CONSTRUCT")
            lines = derived.serialize(format=ox.RdfFormat.N_TRIPLES)
            engine.load(input=lines, format=ox.RdfFormat.N_TRIPLES)
        if lets:
            engine = lets.through(engine)
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
        """Whether anything is stated about the IRI. Raises BadValue where it is none."""
        return next(self.engine.quads_for_pattern(node(iri), None, None), None) is not None

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
    """An IRI as a value for ``Store.select``. Raises BadValue where it is none."""
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise BadValue(f"{ref(iri)!r}: not an address; write one such as ground/sex; 'kzgraph list' names the kinds") from None


def date_value(text: str) -> ox.Literal:
    """An ISO date as a value for ``Store.select``."""
    return ox.Literal(text, datatype=_XSD_DATE)


def text_value(text: str) -> ox.Literal:
    """A plain string as a value for ``Store.select``."""
    return ox.Literal(text)


def _restricted(engine: ox.Store) -> set:
    """The records of the restricted tier."""
    return {quad.subject for quad in engine.quads_for_pattern(None, _TIER, _RESTRICTED)}


def _withhold(engine: ox.Store, hidden: set) -> None:
    """Take out the records, their parts and whatever points to them, before anything is derived."""
    if not hidden:
        return
    hidden = hidden | _alone(engine, hidden)
    names = {thing.value for thing in hidden}
    parts = tuple(f"{name}." for name in names)

    def concerned(term) -> bool:
        return isinstance(term, ox.NamedNode | ox.BlankNode) and (term.value in names or term.value.startswith(parts))

    for quad in [quad for quad in engine if concerned(quad.subject) or concerned(quad.object)]:
        engine.remove(quad)


def _alone(engine: ox.Store, hidden: set) -> set:
    """What nothing but hidden records points to: their accounts, passages, documents, places, whatever the names. A term of a scheme stays."""
    found: set = set()
    parts = tuple(f"{thing.value}." for thing in hidden)
    gone = {quad.subject for quad in engine if quad.subject in hidden or quad.subject.value.startswith(parts)} | hidden
    waiting = set(gone)
    while waiting:
        pointed = {quad.object for thing in waiting for quad in engine.quads_for_pattern(thing, None, None) if not isinstance(quad.object, ox.Literal)}
        waiting = set()
        for thing in pointed - gone:
            if next(engine.quads_for_pattern(thing, _IN_SCHEME, None), None) or not next(engine.quads_for_pattern(thing, _IS_A, None), None):
                continue
            if all(quad.subject in gone or quad.subject == thing for quad in engine.quads_for_pattern(None, None, thing)):
                waiting.add(thing)
        gone |= waiting
        found |= waiting
    return found


class _Lets:
    """What one profile lets through, as ontology/profiles.ttl lists it, and no file of data: whoever adds data widens no profile.

    Raises BadValue where it lists no such profile.
    """

    def __init__(self, rooms: Rooms, profile: str) -> None:
        engine = ox.Store()
        for name, body in rooms.turtle:
            if name.startswith("ontology/"):
                engine.load(input=body, format=ox.RdfFormat.TURTLE)

        def objects(subject, name: str) -> set:
            return {quad.object for quad in engine.quads_for_pattern(subject, ox.NamedNode(NS + name), None)}

        own = ox.NamedNode(f"{BASE}profile/{profile}")
        chain = [own]
        for one in chain:
            chain += [other for other in objects(one, "extendsProfile") if other not in chain]
        self.lines = {
            (kind, key) for one in chain for line in objects(one, "lets") for kind in objects(line, "ofClass") for key in objects(line, "letsProperty")
        }
        if not self.lines:
            raise BadValue(f"{profile}: no such profile; 'kzgraph list profiles' names them")
        self.kinds = {kind for kind, _ in self.lines}
        self.outside = {key for one in chain for key in objects(one, "letsOutside")}
        self.tiers = objects(own, "letsTier")
        classes = _classes(engine)
        self.of = {kind: {thing for thing, kinds in classes.items() if ox.NamedNode(_OWL + kind) in kinds} for kind in ("ObjectProperty", "DatatypeProperty")}
        self.pointed, self.along, self.months = (objects(own, name) for name in ("onlyPointedTo", "goesAlong", "toTheMonth"))

    def withheld(self, engine: ox.Store) -> set:
        """Records without a tier that the profile lets; what only they point to; accounts, passages and the like that belong to nothing that leaves."""
        classes = _classes(engine)
        tiers: dict = {thing: set() for thing, kinds in classes.items() if any((kind, _TIER) in self.lines for kind in kinds)}
        for quad in engine.quads_for_pattern(None, _TIER, None):
            tiers.setdefault(quad.subject, set()).add(quad.object)
        hidden = {thing for thing, found in tiers.items() if not found or found - self.tiers}
        weighed: dict = {thing: set() for thing, kinds in classes.items() if kinds & (self.pointed | self.along)}
        for quad in engine:
            if quad.object in weighed and quad.object != quad.subject:
                weighed[quad.object].add(quad.subject)
        found = True
        while found:  # an account goes with its case, its passage with the account, the document with the passage
            found = False
            for thing in weighed.keys() - hidden:
                owners = weighed[thing]
                if (owners or classes[thing] & self.pointed) and not any(classes.get(owner, set()) & self.kinds for owner in owners - hidden):
                    hidden.add(thing)
                    found = True
        return hidden

    def through(self, engine: ox.Store) -> ox.Store:
        """A graph with only the classes and properties listed, and no pointer to what was left behind.

        A property of resources carries no text, a property of texts no address; out of the graph points only what the profile says may.
        """
        classes = _classes(engine)
        kept = {thing for thing, kinds in classes.items() if kinds & self.kinds}
        known = {quad.subject for quad in engine}
        private = self._private(engine) if self.months else set()

        def leaves(quad: ox.Quad) -> bool:
            if quad.subject not in kept or not any((kind, quad.predicate) in self.lines for kind in classes[quad.subject]):
                return False
            if isinstance(quad.object, ox.Literal):
                return quad.predicate in self.of["DatatypeProperty"]
            if quad.predicate == _IS_A:
                return quad.object in self.kinds
            return quad.predicate in self.of["ObjectProperty"] and (quad.object in kept or (quad.object not in known and quad.predicate in self.outside))

        fresh = ox.Store()
        fresh.bulk_extend(self._to_the_month(quad) if quad.subject in private else quad for quad in engine if leaves(quad) and self._told(quad, private))
        return fresh

    def _private(self, engine: ox.Store) -> set:
        """The accounts of events that are not said to have been public."""
        yes = {quad.subject for quad in engine.quads_for_pattern(None, ox.NamedNode(f"{NS}publicEvent"), _YES)}
        told = list(engine.quads_for_pattern(None, ox.NamedNode(f"{NS}account"), None))
        return {quad.object for quad in told if quad.subject not in yes}

    def _told(self, quad: ox.Quad, private: set) -> bool:
        """Whether the day of a private event can be cut to its month; one written in another way stays behind whole."""
        if quad.subject not in private or quad.predicate not in self.months:
            return True
        return isinstance(quad.object, ox.Literal) and _SPAN.fullmatch(quad.object.value) is not None

    def _to_the_month(self, quad: ox.Quad) -> ox.Quad:
        if quad.predicate not in self.months or not isinstance(quad.object, ox.Literal):
            return quad
        return ox.Quad(quad.subject, quad.predicate, ox.Literal(_DAY.sub(r"\1", quad.object.value)), quad.graph_name)


def _classes(engine: ox.Store) -> dict:
    """The classes of each thing."""
    found: dict = {}
    for quad in engine.quads_for_pattern(None, _IS_A, None):
        found.setdefault(quad.subject, set()).add(quad.object)
    return found


class Cache:
    """A folder of the user's for one state of the files and of the program. What cannot be written, or is not whole, is done without."""

    def __init__(self, rooms: Rooms, kind: str = "") -> None:
        home = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        self.folder = Path(home) / "kzgraph" / f"{rooms.digest}-{_program()}{kind}"

    def read(self, name: str) -> "bytes | None":
        """What was kept under that name, whole as it was written, or None."""
        try:
            body = (self.folder / name).read_bytes()
        except OSError:
            return None
        written, _, rest = body.partition(b"\n")
        return rest if written == _sum(rest) else None

    def keep(self, name: str, body: bytes) -> None:
        """Write its digest and the body beside the place and rename: no reader ever meets half a file. The eight newest states stay."""
        import shutil
        import tempfile

        try:
            fresh = not self.folder.is_dir()
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=self.folder, suffix=".part")
            with os.fdopen(handle, "wb") as stream:
                stream.write(_sum(body) + b"\n")
                stream.write(body)
            os.replace(unfinished, self.folder / name)
            if fresh:
                states = sorted((path for path in self.folder.parent.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime)
                for old in states[:-8]:
                    shutil.rmtree(old, ignore_errors=True)
        except OSError:
            pass  # a read-only home costs time, not the answer


def _sum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=20).hexdigest().encode()


@cache
def _program() -> str:
    """The digest of the program and the version of the engine: a mended program never gives the answers of the broken one."""
    total = hashlib.blake2b(digest_size=8)
    here = Path(__file__).parent
    for name in sorted(os.listdir(here)):
        if name.endswith(".py"):
            total.update((here / name).read_bytes())
    return f"{total.hexdigest()}-{ox.__version__}"
