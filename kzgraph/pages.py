"""The page of one thing: which question answers for which kind of address."""

from datetime import date

from kzgraph.errors import UnknownName
from kzgraph.questions import a_date, answer
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import selects


def page(store: Store, ref: str, *, at: "str | date", lang: str = "en") -> Table:
    """What the graph states about an address: a provision (an article with its parts), a ground, or any other thing.

    Raises UnknownName where nothing is stated about it, BadValue where ``at`` is no day.
    """
    at = a_date("at", at)
    kind, _, rest = ref.partition("/")
    if kind == "ground":
        table = answer(store, "show-ground", thing=ref, at=at, lang=lang)
        if table.rows:
            return _noted(table, store, ref, at)
    if kind == "case":
        table = answer(store, "show-case", thing=ref, lang=lang)
        if table.rows:
            return _noted(table, store, ref, at)
    if kind in ("act", "treaty") and "/" in rest:
        parts = [row[0] for row in answer(store, "provisions").rows if selects(ref, row[0])]
        tables = [answer(store, "show-provision", thing=part, at=at, lang=lang) for part in parts]
        if tables:
            first = tables[0]
            rows = [row for table in tables for row in table.rows]
            shown = first.show if len(parts) == 1 else ("thing", *first.show)
            joined = Table(first.columns, rows, title=first.title, show=shown, group=first.group)
            return _noted(joined, store, ref, at)
    table = answer(store, "show-thing", thing=ref, lang=lang)
    if not table.rows:
        raise UnknownName(f"{ref}: nothing is stated about it; 'kzgraph list' names what there is")
    return _noted(table, store, ref, at)


def _noted(table: Table, store: Store, ref: str, at: str) -> Table:
    table.title = f"{table.title}: {ref}"
    table.notes = (f"data {store.rooms.version}, law as of {at}",)
    return table
