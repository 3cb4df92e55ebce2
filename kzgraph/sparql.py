"""A question of one's own, in SPARQL: held against what may be asked, then run in a process that can be ended.

The command (``ask``) starts this module anew (``python -m kzgraph.sparql``), hands it the request on stdin and takes one
JSON object from its stdout; at the limit it kills it. The worker refuses before it loads the graph. What reaches
out of the graph is stopped three times: by the words of the text, by rdflib's parse tree, and by a worker that may
open no connection.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress

from kzgraph.errors import BadFile, BadQuery, BadValue, KzError, OutOfTime, one_line
from kzgraph.rooms import Rooms, open_rooms
from kzgraph.terms import BASE, NS, ref
from kzgraph.tokens import TOKEN

ROWS = ("table", "csv", "tsv", "json", "md")  # forms of a SELECT and of an ASK; a CONSTRUCT gives Turtle
LONGEST = 1_000_000  # bytes of a query
MEMORY = 4 * 2**30  # bytes that a query may take
_KINDS = {"SelectQuery": "SELECT", "AskQuery": "ASK", "ConstructQuery": "CONSTRUCT", "DescribeQuery": "DESCRIBE"}
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"}
_LISTS = {NS + name for name in ("entry", "ground", "names", "groundList")}
_ESCAPE = re.compile(r"\\[uU][0-9A-Fa-f]{4}")
_UNKNOWN = f"""PREFIX kz: <{NS}>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
SELECT DISTINCT ?provision ?at WHERE {{
  ?version kz:otherwise <{BASE}verdict/not-checked> ; eli:is_member_of ?provision ; eli:first_date_entry_in_force ?from .
  ?provision eli:is_part_of ?act .
  ?act eli:jurisdiction <http://publications.europa.eu/resource/authority/country/KAZ> .
  FILTER (?from <= ?at)
  OPTIONAL {{ ?version kz:until ?until }}
  FILTER (!BOUND(?until) || ?at < ?until)
}}"""


class Checked:
    """A query that may be asked: its ``kind`` (SELECT, ASK, CONSTRUCT), whether it is ``ordered``, whether it ``negates`` over lists of grounds."""

    def __init__(self, kind: str, ordered: bool, negates: bool) -> None:
        self.kind, self.ordered, self.negates = kind, ordered, negates


def read(path: str) -> str:
    """The text of a query file, or of standard input for ``-``; every line end is made a line feed. Raises BadFile."""
    where = "standard input" if path == "-" else path
    try:
        if path != "-":
            with open(path, "rb") as stream:
                body = stream.read(LONGEST + 1)
        elif hasattr(sys.stdin, "buffer"):
            body = sys.stdin.buffer.read(LONGEST + 1)
        else:
            body = sys.stdin.read(LONGEST + 1).encode()
        text = body.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise BadFile(f"{where}: {one_line(getattr(error, 'strerror', None) or error)}; name a readable UTF-8 file, or - for stdin") from None
    if len(body) > LONGEST:
        raise BadFile(f"{where}: longer than {LONGEST} bytes; ask something shorter")
    return text.replace("\r\n", "\n").replace("\r", "\n")  # a return ends a comment for the engine, not for rdflib


def checked(text: str, where: str) -> Checked:
    """The query, if it only asks, and only this graph. Raises BadQuery, with the line where there is one."""
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    escape = _ESCAPE.search(text)
    if escape:  # rdflib reads them before it parses, the engine after: one could hide a clause from the other
        raise BadQuery(f"{where}:{_line(text, escape.start())}: {escape[0]} is refused, escapes could hide a clause; write the character itself")
    tokens = list(TOKEN.finditer(text))
    words = {token["word"].upper(): _line(text, token.start()) for token in reversed(tokens) if token["word"]}
    for word in ("SERVICE", "FROM"):
        if word in words:
            raise _elsewhere(f"{where}:{words[word]}", word)
    try:
        prologue, query = parseQuery(text)
    except ParseBaseException as error:
        update = next((token["word"].upper() for token in tokens if token["word"] and token["word"].upper() in _UPDATES), "")
        if update:
            raise BadQuery(f"{where}:{words[update]}: {update} changes data, this command only asks; write a SELECT, ASK or CONSTRUCT") from None
        rest = one_line(text[error.loc:])[:40]
        raise BadQuery(f"{where}:{_line(text, error.loc)}: not SPARQL from " + (repr(rest) if rest else "the end") + " on; mend the query") from None
    except RecursionError:
        raise BadQuery(f"{where}: nested too deeply; write it flatter") from None
    except Exception as error:  # whatever the parser stumbles over was not understood
        raise BadQuery(f"{where}: not understood ({one_line(error)[:80]}); mend the query") from None
    names, iris, negates = set(), set(), False
    try:
        for node in _walk([prologue, query]):
            name = getattr(node, "name", "")
            names.add(name)
            if name == "UnaryNot":
                negates |= any(getattr(inner, "name", "") in ("Builtin_BOUND", "Builtin_EXISTS") for inner in _walk(node))
            elif not name:
                iris.add(str(node))
        for name, word in (("ServiceGraphPattern", "SERVICE"), ("DatasetClause", "FROM")):
            if name in names:
                raise _elsewhere(where, word)
        kind = _KINDS.get(query.name)
        if kind is None or kind == "DESCRIBE":
            raise BadQuery(f"{where}: DESCRIBE means what each engine likes; write a SELECT, or 'kzgraph show' for one thing")
        iris |= _expanded(prologue, query, tokens, text, where) | _absolute(prologue, iris)
    except RecursionError:
        raise BadQuery(f"{where}: nested too deeply; write it flatter") from None
    negates |= bool(names & {"Builtin_NOTEXISTS", "MinusGraphPattern"})
    return Checked(kind, "orderby" in query, negates and bool(iris & _LISTS))


def ask(rooms: Rooms, text: str, where: str, *, form: str, other: str, limit: float, most: int, at: str, restricted: bool = False) -> tuple[str, list[str]]:
    """The answer, written, and what is to be said about it. ``form`` is the form wished for, ``other`` that of rows where none was.

    Raises OutOfTime at ``limit`` seconds, counted from the start of the process; BadQuery, BadValue, BadFile.
    """
    import json
    import subprocess

    folders = [str(folder) if folder else None for folder in (rooms.ontology.parent, rooms.data, rooms.outside)]
    request = {
        "text": text, "where": where, "form": form, "other": other, "limit": limit, "most": most, "at": at, "restricted": restricted, "rooms": folders,
    }
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [path for path in (os.environ.get("PYTHONPATH"), package) if path]
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kzgraph.sparql"], input=json.dumps(request).encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)}, timeout=limit,
        )
    except subprocess.TimeoutExpired:  # killed and waited for
        raise OutOfTime(f"{where}: no answer within {limit:g} s; narrow the query, or give it longer with --timeout") from None
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise BadQuery(f"{where}: the query ended without an answer (code {done.returncode}), perhaps for want of memory; narrow it") from None
    if said["error"]:
        raise {"BadFile": BadFile, "BadValue": BadValue}.get(said["kind"], BadQuery)(said["error"])
    return said["text"], said["notes"]


def worker() -> None:
    """Answer the request on stdin with one JSON object on stdout, and end."""
    import faulthandler
    import json

    request = json.loads(sys.stdin.buffer.read())
    silent = open(os.devnull, "w")  # noqa: SIM115
    faulthandler.dump_traceback_later(request["limit"] + 1, exit=True, file=silent)  # should the parent be gone
    said = {"text": "", "notes": [], "error": "", "kind": ""}
    try:
        said["text"], said["notes"] = _answered(request)
    except KzError as error:
        said |= {"error": one_line(error), "kind": type(error).__name__}
    except Exception as error:
        said |= {"error": f"{request['where']}: {one_line(error)[:200] or type(error).__name__}; change the query", "kind": "BadQuery"}
    sys.stdout.buffer.write(json.dumps(said).encode())
    sys.stdout.buffer.flush()
    os._exit(0)


def slow_negations(text: str) -> list[tuple[int, str]]:
    """Every EXISTS, NOT EXISTS and MINUS whose time grows with the square of the data, as (line, what to do); [] for a query that scales.

    An EXISTS does where its body joins two patterns or more (a path of two steps is two patterns, an OPTIONAL or MINUS is one too) and is
    no star about one subject that is bound outside: the engine joins it anew for each row (oxigraph issue 885). A MINUS does where no
    variable is certain to be bound on both sides: each row is held against each. Measured, see tests/test_scaling.py. The text must parse (``checked``).
    """
    from collections import Counter

    from rdflib.plugins.sparql.parser import parseQuery
    from rdflib.term import BNode, Variable

    _, query = parseQuery(text)
    nodes = list(_walk(query))
    everywhere = Counter(_variables(query))
    slow = set()
    for node in nodes:
        name = getattr(node, "name", "")
        if name in ("Builtin_EXISTS", "Builtin_NOTEXISTS"):
            inside = Counter(_variables(node.graph))
            for subjects, steps, sequence in _branches(node.graph):
                free = any(isinstance(one, BNode) or (isinstance(one, Variable) and everywhere[str(one)] == inside[str(one)]) for one in subjects)
                if steps > 1 and (free or sequence or len(subjects) > 1):
                    slow.add(id(node))
        elif name == "GroupGraphPatternSub":
            bound: set[str] = set()
            for part in node.part or []:
                if getattr(part, "name", "") != "MinusGraphPattern":
                    bound |= _certain_of(part)
                elif bound and not bound & _certain(part.graph):
                    slow.add(id(part))
    found = []
    words = [token for token in TOKEN.finditer(text) if token["word"]]
    for word, names, advice in (
        ("EXISTS", ("Builtin_EXISTS", "Builtin_NOTEXISTS"), "joins several patterns for each row and can take very long; bind them outside, or use MINUS"),
        ("MINUS", ("MinusGraphPattern",), "shares no variable that is always bound with what stands before it and can take very long; name one in both"),
    ):
        places = [token.start() for token in words if token["word"].upper() == word]
        for place, node in zip(places, (node for node in nodes if getattr(node, "name", "") in names), strict=True):
            if id(node) in slow:
                found.append((_line(text, place), f"this {word} {advice}"))
    return sorted(found)


def _branches(body) -> list[tuple[set, int, bool]]:
    """(subjects, steps, whether a path is a sequence) of each alternative of a group; filters and what is nested in them are left out."""
    if getattr(body, "name", "") == "SubSelect":
        return [(set(), 2, True)]
    branches: list[tuple[set, int, bool]] = [(set(), 0, False)]
    for part in getattr(body, "part", None) or []:
        name = getattr(part, "name", "")
        if name == "TriplesBlock":
            block = [triple for group in part.triples for triple in zip(group[::3], group[1::3], group[2::3], strict=True)]
            more = [({subject for subject, _, _ in block}, sum(_steps(path) for _, path, _ in block), any(_sequence(path) for _, path, _ in block))]
        elif name in ("OptionalGraphPattern", "MinusGraphPattern", "GraphGraphPattern"):
            more = _branches(part.graph)
        elif name == "GroupOrUnionGraphPattern":
            more = [branch for one in part.graph for branch in _branches(one)]
        else:
            continue
        branches = [(left | right, one + two, either or other) for left, one, either in branches for right, two, other in more]
    return branches


def _certain(group) -> set[str]:
    """The variables that every solution of a group binds."""
    if getattr(group, "name", "") == "SubSelect":
        inner = _certain(group.where)
        return {str(one.evar or one.var) for one in group.projection if one.evar or str(one.var) in inner} if group.projection else inner
    return set().union(*(_certain_of(part) for part in getattr(group, "part", None) or []))


def _certain_of(part) -> set[str]:
    name = getattr(part, "name", "")
    if name == "TriplesBlock":
        return set(_variables(part))
    if name == "GroupOrUnionGraphPattern":
        return set.intersection(*(_certain(one) for one in part.graph))
    if name in ("Bind", "InlineData"):
        return set(_variables(part.var))
    return _certain(part.graph) if name == "GraphGraphPattern" else set()


def _steps(path) -> int:
    name = getattr(path, "name", "")
    if name == "PathAlternative":
        return max(_steps(part) for part in path.part)
    if name == "PathSequence":
        return sum(_steps(part) for part in path.part)
    if name in ("PathElt", "PathEltOrInverse"):
        return _steps(path.part)
    return 1


def _sequence(path) -> bool:
    """Whether the engine reads the path as a join of patterns; one that repeats or branches it follows step by step."""
    name = getattr(path, "name", "")
    if name in ("PathAlternative", "PathSequence") and len(path.part) > 1:
        return name == "PathSequence"
    if name in ("PathAlternative", "PathSequence"):
        return _sequence(path.part[0])
    return name in ("PathElt", "PathEltOrInverse") and not path.mod and _sequence(path.part)


def _variables(node) -> Iterator[str]:
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import Variable

    if isinstance(node, Variable):
        yield str(node)
    elif isinstance(node, CompValue):
        for part in node.values():
            yield from _variables(part)
    elif not isinstance(node, str) and hasattr(node, "__iter__"):
        for part in node:
            yield from _variables(part)


def _answered(request: dict) -> tuple[str, list[str]]:
    query = checked(request["text"], request["where"])
    form = request["form"] or ("ttl" if query.kind == "CONSTRUCT" else request["other"])
    if (form == "ttl") != (query.kind == "CONSTRUCT"):
        takes = "ttl" if query.kind == "CONSTRUCT" else f"one of {', '.join(ROWS)}"
        raise BadValue(f"--format {form}: not a form of what {query.kind} gives; take {takes}")

    import csv, io, json, textwrap  # noqa: E401, F401, I001 - what writing needs, while files can still be opened
    import pyoxigraph as ox

    from kzgraph.store import Cache, Store, date_value
    from kzgraph.table import Table

    class Kept(Cache):
        def keep(self, name: str, body: bytes) -> None:
            """Nothing: a process that may be killed at any moment leaves no file behind."""

    root, data, outside = request["rooms"]
    rooms = open_rooms(root, data, outside)
    store = Store(rooms, restricted=request["restricted"])
    store.cache = Kept(rooms) if store.cache else None
    store.engine  # noqa: B018 - loaded now
    _shut()
    try:
        found = store.engine.query(request["text"])
    except SyntaxError as error:
        place = re.match(r"error at (\d+):\d+: (.*)", str(error), re.DOTALL)
        line, told = (f":{place[1]}", place[2]) if place else ("", error)
        raise BadQuery(f"{request['where']}{line}: {one_line(told)[:160]}; mend the query") from None
    most, notes, cut = request["most"], [], False
    if isinstance(found, ox.QueryTriples):
        triples: dict = {}
        for triple in found:
            if len(triples) == most and triple not in triples:
                cut = True
                break
            triples[triple] = None
        prefixes = {"kz": NS, "xsd": "http://www.w3.org/2001/XMLSchema#", "skos": "http://www.w3.org/2004/02/skos/core#"}
        text = (ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()
    else:
        if isinstance(found, ox.QuerySolutions):
            columns = [variable.value for variable in found.variables]
            rows: list[list[str]] = []
            for solution in found:
                if len(rows) == most:
                    cut = True
                    break
                rows.append([_cell(solution[index]) for index in range(len(columns))])
            table = Table(columns, rows)
        else:
            table = Table(["answer"], [["true" if found else "false"]])
        table = table if query.ordered else table.sorted()
        text = _tsv(table) if form == "tsv" else table.write(form)
    if cut:
        notes.append(f"cut after {most} {'triples' if form == 'ttl' else 'rows'}; there are more, raise --max-rows or narrow the query")
    notes += [f"line {line}: {told}" for line, told in slow_negations(request["text"])]
    if query.negates:
        _, solutions = store.select(_UNKNOWN, at=date_value(request["at"]))
        refs = [row[0] for row in Table(["provision"], [[_cell(row[0])] for row in solutions]).sorted().rows]
        if refs:
            named = ", ".join(refs[:5]) + (", …" if len(refs) > 5 else "")
            count = f"{len(refs)} provisions are" if len(refs) > 1 else "1 provision is"
            notes.append(f"the query negates over lists of grounds; on {request['at']}, {count} unknown rather than absent: {named}")
    return text, notes


def _shut() -> None:
    """From here on this process opens no file and no connection, takes no more than MEMORY, leaves no core (where the system has such limits)."""
    try:
        import resource
    except ImportError:
        return
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_NOFILE, 0)):
        with suppress(OSError, ValueError):  # a lower limit holds already
            resource.setrlimit(limit, (most, most))


def _elsewhere(place: str, word: str) -> BadQuery:
    told = "SERVICE would ask another place" if word == "SERVICE" else "FROM names another graph"
    return BadQuery(f"{place}: {told}; this command asks its own graph only, leave the clause out")


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _walk(node) -> Iterator:
    """Every part of a parse tree (a CompValue) and every IRI in it, the node itself first."""
    from rdflib.plugins.sparql.parserutils import CompValue
    from rdflib.term import URIRef

    if isinstance(node, CompValue):
        yield node
        for part in node.values():
            yield from _walk(part)
    elif isinstance(node, URIRef):
        yield node
    elif not isinstance(node, str) and hasattr(node, "__iter__"):
        for part in node:
            yield from _walk(part)


def _expanded(prologue, query, tokens: list, text: str, where: str) -> set[str]:
    """The IRIs of all prefixed names. Raises BadQuery for a prefix that is not declared."""
    spaces: dict[str, set[str]] = {}
    for declared in _walk(prologue):
        if getattr(declared, "name", "") == "PrefixDecl":
            spaces.setdefault(declared.prefix or "", set()).update({str(declared.iri)} | _absolute(prologue, {str(declared.iri)}))
    found = set()
    for node in _walk(query):
        if getattr(node, "name", "") != "pname":
            continue
        prefix, local = node.prefix or "", (node.localname or "").replace("\\", "")
        if prefix not in spaces:
            line = next((f":{_line(text, token.start())}" for token in tokens if token["name"] and token["prefix"] == prefix), "")
            add = f"<{NS}>" if prefix == "kz" else "<…>"
            raise BadQuery(f"{where}{line}: the prefix {prefix}: is not declared; put PREFIX {prefix}: {add} at the top")
        found |= {space + local for space in spaces[prefix]}
    return found


def _absolute(prologue, iris: set[str]) -> set[str]:
    from urllib.parse import urljoin

    bases = [str(node.iri) for node in _walk(prologue) if getattr(node, "name", "") == "Base"]
    found = set()
    for base in bases:
        for iri in iris:
            try:
                found.add(urljoin(base, iri))
            except ValueError:
                continue  # no address that could be one of ours
    return found


def _cell(term) -> str:
    return "" if term is None else ref(term.value) if hasattr(term, "value") else str(term)


def _tsv(table) -> str:
    """Tabs between cells, one line a row; a tab or a line end inside a cell becomes a space."""
    return "".join("\t".join(re.sub(r"[\t\r\n]", " ", cell) for cell in row) + "\n" for row in (table.columns, *table.rows))


if __name__ == "__main__":
    worker()
