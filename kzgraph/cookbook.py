"""The cookbook: every named question with its options, columns and limits, written from the headers of ``queries/``."""

from kzgraph.questions import THEMES, Question, answer, catalogue, question
from kzgraph.rooms import Rooms
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES, NS

_THEMES = {
    "law": "Law: lists, wordings, dates", "gaps": "Gaps and verdicts", "duties": "Duties and readings", "cases": "Cases", "asks": "Asks and answers",
    "figures": "Figures", "claims": "Claims and shortcomings", "sources": "Sources", "upkeep": "Upkeep of the graph",
}
_HEAD = """# Cookbook

Written from the headers of `queries/` by `kzgraph ask --cookbook`; do not edit it by hand.

Ask a question by its name: `kzgraph ask NAME --help` tells its options. Besides its parameters, each question can be narrowed by every column
that is no free text (a reference selects itself and its parts, a set of grounds its members, a number or a day a value or a span: `2019..2024`,
`..2021-06`), and by `--contains TEXT`. The answer says its data version, the day asked about, the language, and how many rows are not checked. In Python:

    from kzgraph import answer, load
    graph = load()
    answer(graph, "gaps", at="2026-11-20").to_pandas()

For a question of your own, copy the file of the nearest one from `queries/`, replace its parameters, and run `kzgraph sparql mine.rq`. Bear in mind:
what is not stated is not thereby false. A list counts as read to its end only where `kz:otherwise` says `verdict/absent` or `verdict/open-clause`;
`verdict/not-checked` means that nobody has finished reading.
"""


def cookbook(rooms: Rooms) -> str:
    """The whole cookbook as Markdown: how to ask, the words of the graph, the questions by theme."""
    asked = [question(rooms, name) for name in catalogue(rooms)]
    parts = [_HEAD, "## The words of the graph\n\n" + _schema(rooms)]
    for theme in THEMES:
        within = [one for one in asked if one.theme == theme]
        parts.append(f"## {_THEMES[theme]}\n\n" + "\n".join(f"- [{one.name}](#{one.name}): {one.title['en']}" for one in within) + "\n")
        parts += [_entry(one) for one in within]
    return "\n".join(parts)


def example(asked: Question) -> str:
    """The command line that the cookbook shows for a question: that of its header, or the parameters with their usual values."""
    usual = {"at": "--at 2026-11-20"}
    options = asked.example or " ".join(usual[name] for name in asked.params if name in usual)
    return f"kzgraph ask {asked.name} {options}".rstrip()


def _schema(rooms: Rooms) -> str:
    store = Store(rooms)
    rows = answer(store, "schema", lang="en").records()
    lines = [f"Prefix `kz:` is `{NS}`; addresses such as `ground/sex` stand for IRIs under the base that `kzgraph show` prints with `--format json`.", ""]
    for word in (row for row in rows if row["sort"] == "Class"):
        lines.append(f"- **{_short(word['term'])}** {word['label']}: {word['definition']}")
        own = list(dict.fromkeys(_short(row["term"]) for row in rows if row["domain"] == word["term"]))
        if own:
            lines.append(f"  Properties: {', '.join(f'`{name}`' for name in own)}.")
    return "\n".join(lines) + "\n"


def _short(iri: str) -> str:
    return "kz:" + iri.removeprefix(NS)


def _entry(asked: Question) -> str:
    lines = [f"### {asked.name}", "", *(f"**{asked.title[lang]}.** {asked.question[lang]}" + "  " * (lang != LANGUAGES[-1]) for lang in LANGUAGES), ""]
    lines += [f"    $ {example(asked)}", ""]
    rows = [(f"`{name}`", kind, "parameter" if name in asked.params else "", told or _told(asked, name)) for name, (kind, told) in asked.columns.items()]
    lines += [Table(("column", "type", "", "meaning"), rows).write("md").rstrip(), ""]
    lines += [f"Not shown: {asked.limits['en']}", ""]
    return "\n".join(lines)


def _told(asked: Question, name: str) -> str:
    if name in asked.params:
        return asked.params[name][1]
    return name.replace("_", " ")
