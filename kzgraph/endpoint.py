"""The named questions put to a SPARQL 1.1 endpoint, for a graph that lives on a server."""

import json
from types import SimpleNamespace

from kzgraph.errors import BadFile, BadQuery, OutOfTime, one_line
from kzgraph.questions import Question, finished, question
from kzgraph.rooms import Rooms
from kzgraph.table import Table
from kzgraph.tokens import TOKEN


def closed(asked: Question, **values: str) -> str:
    """The text of a question with each parameter replaced by its term, since the SPARQL Protocol binds none.

    The term is written by the engine, and it takes the place of a token, never of text: strings, comments and other names stay.
    The outermost SELECT still gives each parameter as a column. Raises what ``Question.bind`` raises.
    """
    terms = {name: str(term) for name, term in asked.bind(**values).items()}
    out, place, selects, depth, state = [], 0, 0, 0, ""
    for token in TOKEN.finditer(asked.text):
        for sign in asked.text[place:token.start()]:
            if sign in "{}":
                state = ""
            depth += {"(": 1, ")": -1}.get(sign, 0)
        out.append(asked.text[place:token.start()])
        place = token.end()
        text, word = token[0], (token["word"] or "").upper()
        if word == "SELECT":
            selects, state, depth = selects + 1, "select", 0
        elif word in ("WHERE", "HAVING", "LIMIT", "OFFSET"):
            state = ""
        elif word in ("GROUP", "ORDER"):
            state, depth = "by", 0
        name = text[1:] if text[0] in "?$" else ""
        if name in terms:
            text = terms[name]
            if state and depth == 0:  # no constant may stand there
                text = f"({text} AS ?{name})" if state == "select" and selects == 1 else ""
        out.append(text)
    return "".join(out) + asked.text[place:]


def answer_from(address: str, rooms: Rooms, name: str, *, timeout: float = 30, **values: str) -> Table:
    """The answer of the endpoint at ``address`` to a named question: the same table as ``questions.answer`` gives from a store.

    ``timeout`` in seconds. Raises OutOfTime; BadFile where the endpoint does not answer; BadQuery where it refuses the question.
    """
    import urllib.error
    import urllib.request

    asked = question(rooms, name)
    if "lang" in asked.params:
        values.setdefault("lang", "en")
    headers = {"Content-Type": "application/sparql-query", "Accept": "application/sparql-results+json"}
    text = closed(asked, **values)
    try:
        wanted = urllib.request.Request(address, text.encode(), headers, method="POST")
        with urllib.request.urlopen(wanted, timeout=timeout) as stream:
            said = json.load(stream)
        columns, bindings = said["head"]["vars"], said["results"]["bindings"]
    except TimeoutError:
        raise OutOfTime(f"{address}: no answer within {timeout:g} s; ask again later, or give it longer") from None
    except urllib.error.HTTPError as error:
        told = one_line(error.read(300).decode(errors="replace"))
        raise BadQuery(f"{address}: {name} refused with {error.code} ({told}); is it a SPARQL 1.1 query endpoint?") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(f"{address}: no SPARQL results ({one_line(error)[:120]}); check the address") from None
    rows = finished(asked, columns, [[_term(one.get(column)) for column in columns] for one in bindings])
    return Table(columns, rows, title=asked.title.get(values.get("lang", "en"), ""), show=asked.show, group=asked.group, pivot=asked.pivot)


def _term(cell: "dict | None") -> "SimpleNamespace | None":
    return SimpleNamespace(value=cell["value"]) if cell else None
