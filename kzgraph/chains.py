"""The chain of a gap in plain words: duty, reading, version, list, check, verdict, each step with its citation.

Which steps there are, and on what they rest, ``queries/explain-gap.rq`` decides; the sentences stand in
``ontology/words.ttl``. Here they are only put together.
"""

import re

from kzgraph.errors import UnknownName
from kzgraph.questions import answer
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import selects

_SLOT = re.compile(r"\b(SUBJECT|DETAIL|DAY|END|LEVEL|WORDS|NOTE)\b")


class Chain(Table):
    """The steps of a chain, one row each: step, kind (duty, reading, version, list, …), text, source, locator, trust, level, address."""

    def write(self, form: str) -> str:
        """As Table.write; ``table`` and ``md`` give numbered prose instead of a grid."""
        if form not in ("table", "md"):
            return super().write(form)
        bullet = "- " if form == "md" else "   "
        lines = [f"# {self.title}" if form == "md" else self.title, ""]
        for row in self.records():
            lines.append(f"{row['step']}. {row['text']}")
            if row["source"]:
                lines.append(f"   {bullet}[{row['source']}, {row['locator']}; {row['trust']}]")
        return "\n".join([*lines, "", *self.notes]) + "\n"


def chain(store: Store, gap: str, *, at: str, lang: str = "en") -> Chain:
    """The chain of a gap that is open on the day ``at`` (ISO date), in the language ``lang``.

    >>> steps = chain(graph, "gap/residual-only/criminal-code-2014/art_145/sexual-orientation", at="2026-11-20").records()
    >>> steps[0]["kind"], steps[-1]["kind"]
    ('duty', 'remedy-residual-only')

    Raises UnknownName where the address is no gap, or the gap is not open on that day; the message says when it is.
    """
    rows = answer(store, "explain-gap", gap=gap, at=at, lang=lang).records()
    if len(rows) <= 2:  # caveat and remedy belong to the type; without a slice nothing else comes
        spells = [row for row in answer(store, "gap-spells").rows if row[0] == gap]
        if not spells:
            raise UnknownName(f"{gap}: not a gap; 'kzgraph gaps' lists the gaps with their addresses")
        told = ", ".join(f"from {since}" + (f" until {until}" if until else "") for _, since, until in spells)
        raise UnknownName(f"{gap}: not open on {at}; it is open {told}; choose a day with --at")
    return _told(store, rows, title=gap, at=at, lang=lang)


def cell(store: Store, provision: str, ground: str, *, at: str, lang: str = "en") -> Chain:
    """The chain of a cell of the matrix: what the protective list of ``provision`` says of ``ground`` on the day ``at``, and why.

    >>> told = cell(graph, "act/criminal-code-2014/art_145", "ground/sex", at="2026-11-20")
    >>> [step["text"] for step in told.records() if step["kind"] == "cell-listed"]
    ['Verdict: listed. The list names the ground sex, in the words «sex», place 5.']

    Steps and columns as those of a gap. Raises UnknownName where no version with a protective list is in force on that day.
    """
    rows = answer(store, "explain-cell", provision=provision, ground=ground, at=at, lang=lang).records()
    if not rows:
        within = [row["provision"] for row in answer(store, "matrix", at=at, lang=lang).records() if selects(provision, row["provision"])]
        parts = list(dict.fromkeys(within))
        if parts:
            raise UnknownName(f"{provision}: its lists stand in its parts; take one of {', '.join(parts[:5])}" + (", …" if len(parts) > 5 else ""))
        raise UnknownName(f"{provision}: no protective list in force on {at} with a cell for {ground}; 'kzgraph matrix --at {at}' shows the cells there are")
    return _told(store, rows, title=f"{provision} × {ground}", at=at, lang=lang)


def _told(store: Store, rows: list[dict[str, str]], *, title: str, at: str, lang: str) -> Chain:
    sentences = {ref.removeprefix("sentence/"): text for ref, text, _ in answer(store, "sentences", lang=lang).rows}
    steps: list[dict[str, str]] = []
    for row in _entries_joined(rows):
        text = _filled(sentences[row["sentence"].removeprefix("sentence/")], row)
        if not steps or (text, row["source"], row["locator"]) != (steps[-1]["text"], steps[-1]["source"], steps[-1]["locator"]):
            steps.append(row | {"text": text})
    for step in steps:
        step["kind"] = step["sentence"].removeprefix("sentence/")
    columns = ("step", "kind", "text", "source", "locator", "trust", "level", "address")
    numbered = [[str(number), *(step[name] for name in columns[1:])] for number, step in enumerate(steps, 1)]
    return Chain(columns, numbered, title=title, notes=(f"data {store.rooms.version}, law as of {at}",))


def _entries_joined(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The entries of one list, and the languages of one check, made one row each."""
    joined: list[dict[str, str]] = []
    for row in rows:
        before = joined[-1] if joined else None
        if before is None or before["sentence"] != row["sentence"]:
            joined.append(dict(row))
        elif row["sentence"] == "sentence/list" and before["key"].split(" ")[0] == row["key"].split(" ")[0]:
            before["words"] += f"; {row['words']}"
        elif row["sentence"] == "sentence/attestation" and before["address"] == row["address"]:
            before["words"] += f", {row['words']}"
        else:
            joined.append(dict(row))
    return joined


def _filled(sentence: str, row: dict[str, str]) -> str:
    slots = row | {"subject": row["subject"] or row["source"], "detail": row["detail"] or row["trust"]}
    if row["sentence"] == "sentence/attestation":
        slots["subject"], slots["detail"] = row["source"], row["trust"]
    return " ".join(_SLOT.sub(lambda match: slots[match[1].lower()], sentence).split())
