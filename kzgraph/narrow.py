"""An answer narrowed to what was asked for: by ground, provision, or the value of any other column."""

import re

from kzgraph.errors import BadValue, UnknownName, nearest
from kzgraph.questions import Question, a_date, answer
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import iri, selects

FILTERED = ("ref", "code", "int", "date")  # types of columns by which an answer can be narrowed


def existing(store: Store, ref: str) -> str:
    """The reference without slashes at its ends, if the graph knows it or parts of it. Raises UnknownName, with the nearest."""
    ref = ref.strip().strip("/")
    if " " in ref or "<" in ref or ">" in ref or not ref:
        raise BadValue(f"{ref!r}: not an address; write one such as ground/sex; 'kzgraph list' names the kinds")
    if store.holds(iri(ref)):
        return ref
    known = _addresses(store)
    if any(selects(ref, address) for address in known):
        return ref
    near = nearest(ref, known)
    raise UnknownName(f"{ref}: no such address in the graph; " + (f"nearest: {', '.join(near)}" if near else "'kzgraph list' names the kinds"))


def holding(table: Table, text: str) -> Table:
    """The rows that hold the text in some cell, whatever its case.

    >>> holding(Table(("case", "title"), [("case/1", "Attack in Town"), ("case/2", "Refusal")]), "town").rows
    [('case/1', 'Attack in Town')]
    """
    wanted = text.casefold()
    return table.kept(lambda row: any(wanted in cell.casefold() for cell in row))


def answer_of_each(store: Store, asked: Question, values: dict[str, str]) -> Table:
    """The answer; where a parameter is a set of grounds, the answers of its members together, each row once. ``show-thing`` tells of the set itself."""
    whole = answer(store, asked.name, **values)
    members = answer(store, "collection-members").rows if asked.name != "show-thing" else []
    for name, (kind, _) in asked.params.items():
        of_it = [member for collection, member in members if kind == "ref" and collection == values.get(name)]
        if of_it:
            rows = [row for member in of_it for row in answer(store, asked.name, **(values | {name: member})).rows]
            more = whole.joined(rows)
            return more if asked.ordered else more.sorted()
    return whole


def narrowed(store: Store, asked: Question, table: Table, wanted: dict[str, list[str]]) -> Table:
    """The rows whose cells are among the values wanted, column by column; several values of one column add up.

    A ``ref`` selects itself and its parts (an act its articles), a set of grounds its members, a ``code`` itself, an ``int`` or
    ``date`` a value or a span ``FROM..TO``, open at either end; a date may be a year or a month. Raises UnknownName and BadValue.
    """
    for column, values in wanted.items():
        if not values:
            continue
        kind = asked.columns.get(column, ("",))[0]
        if kind not in FILTERED:
            raise BadValue(f"--{column.replace('_', '-')}: this table has no column of that kind; leave the option out")
        if kind == "ref":
            refs = [existing(store, value) for value in values]
            refs += [member for collection, member in answer(store, "collection-members").rows if collection in refs]
            table = table.where(column, lambda cell, refs=refs: any(selects(ref, cell) for ref in refs))
        elif kind == "code":
            codes = [_code(store, table, column, value) for value in values]
            table = table.where(column, lambda cell, codes=codes: cell in codes)
        else:
            spans = [_span(column, kind, value) for value in values]
            table = table.where(column, lambda cell, spans=spans, kind=kind: any(_within(span, kind, cell) for span in spans))
    return table


def _addresses(store: Store) -> list[str]:
    return [row[0] for row in answer(store, "addresses").rows]


def _code(store: Store, table: Table, column: str, value: str) -> str:
    index = table.columns.index(column)
    present = sorted({row[index] for row in table.rows})
    if value not in present and not any(address.endswith(f"/{value}") for address in _addresses(store)):
        near = nearest(value, present)
        raise UnknownName(f"--{column.replace('_', '-')} {value}: no such code" + (f"; nearest: {', '.join(near)}" if near else "; leave the option out"))
    return value


def _span(column: str, kind: str, value: str) -> "tuple[str | int | None, str | int | None]":
    first, dots, last = value.partition("..")
    if not dots:
        last = first
    lower = None if dots and not first else _end(column, kind, first)
    upper = None if dots and not last else _end(column, kind, last)
    if kind == "date" and upper is not None:
        upper = f"{upper}~"  # the whole year or month, where no day is named
    if lower is not None and upper is not None and upper < lower:  # type: ignore[operator]
        raise BadValue(f"--{column.replace('_', '-')} {value}: ends before it begins; write the earlier end first")
    return lower, upper


def _end(column: str, kind: str, text: str) -> "str | int":
    option = column.replace("_", "-")
    if kind == "date":
        return text if re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", text, re.ASCII) else a_date(option, text)
    if re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        return int(text)
    raise BadValue(f"--{option} {text}: not a whole number; write one, or a span such as 2019..2024")


def _within(span: tuple, kind: str, cell: str) -> bool:
    if not cell:
        return False
    value, (lower, upper) = int(cell) if kind == "int" else cell, span
    return (lower is None or lower <= value) and (upper is None or value <= upper)
