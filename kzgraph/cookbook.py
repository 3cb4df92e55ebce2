"""The cookbook: every named question with its options, columns and limits, written from the headers of ``queries/``."""

import re

from kzgraph.questions import SPACES, THEMES, Question, answer, catalogue, question
from kzgraph.rooms import Rooms
from kzgraph.store import Store
from kzgraph.table import Table
from kzgraph.terms import LANGUAGES, NS

_HEAD = """# Cookbook

Written from the headers of `queries/` by `kzgraph ask --cookbook`; do not edit it by hand.

Ask a question by its name: `kzgraph ask NAME --help` tells its options. Besides its parameters, each question can be narrowed by every column
that is no free text (a reference selects itself and its parts, a set of grounds its members, a number or a day a value or a span: `2019..2024`,
`..2021-06`), and by `--contains TEXT`. The answer says its data version, the day asked about, the language, and how many rows are not checked;
an empty answer says among how many it looked. In Python:

    from kzgraph import answer, load
    graph = load()
    answer(graph, "gaps", at="2026-11-20").to_pandas()

Where a column holds a code of a scheme, this lists what it may hold, in the language asked for:

    $ kzgraph ask codes --scheme scheme/gap-type --lang ru

For a question of your own, copy the file of the nearest one from `queries/`, write a value in the place of each parameter (for `?at`
`"2026-11-20"^^<http://www.w3.org/2001/XMLSchema#date>`, for `?lang` `"ru"`), take it out of `SELECT` and `GROUP BY`, and run `kzgraph sparql mine.rq`.
With the base in the first line, addresses and codes are written as everywhere else:

QUERY
Bear in mind: what is not stated is not thereby false. A list counts as read to its end only where `kz:otherwise` says `verdict/absent` or
`verdict/open-clause`; `verdict/not-checked` means that nobody has finished reading.
"""
QUERY = """BASE <https://w3id.org/kzgraph/id/>
PREFIX kz: <https://w3id.org/kzgraph/ns#>
PREFIX dct: <http://purl.org/dc/terms/>
SELECT DISTINCT ?case ?year ?document ?title
WHERE {
  ?case kz:caseKind <event-kind/incident> ; kz:year ?year ; kz:account ?account .
  ?account kz:perpetrator <perpetrator/police> ; kz:document ?document .
  OPTIONAL { ?case dct:title ?title . FILTER (LANG(?title) = "en") }
}
ORDER BY ?year ?case ?document
"""


def cookbook(rooms: Rooms) -> str:
    """The whole cookbook as Markdown: how to ask, the questions by theme, the words of the graph, then each question."""
    store = Store(rooms)
    words = {lang: {row["sentence"].removeprefix("sentence/"): row["text"] for row in answer(store, "sentences", lang=lang).records()} for lang in LANGUAGES}
    asked = [question(rooms, name) for name in catalogue(rooms)]
    heads = {theme: " · ".join(words[lang][f"theme-{theme}"] for lang in LANGUAGES) for theme in THEMES}
    within = {theme: [one for one in asked if one.theme == theme] for theme in THEMES}
    parts = [_HEAD.replace("QUERY\n", "".join(f"    {line}\n" for line in QUERY.splitlines()) + "\n"), "## Questions by theme\n"]
    for theme in THEMES:
        parts.append(f"**{heads[theme]}**\n\n" + "\n".join(f"- [{one.name}](#{one.name}): {one.title['en']}" for one in within[theme]) + "\n")
    parts.append("## The words of the graph\n\n" + _schema(store))
    for theme in THEMES:
        parts.append(f"## {heads[theme]}\n")
        parts += [_entry(one, words) for one in within[theme]]
    return "\n".join(parts)


def example(asked: Question) -> str:
    """The command line that the cookbook shows for a question: that of its header, or the parameters with their usual values."""
    usual = {"at": "--at 2026-11-20"}
    options = asked.example or " ".join(usual[name] for name in asked.params if name in usual)
    return f"kzgraph ask {asked.name} {options}".rstrip()


def _schema(store: Store) -> str:
    rows, russian, kazakh = (answer(store, "schema", lang=lang).records() for lang in LANGUAGES)
    other = {row["term"]: [row["label"]] for row in russian}
    for row in kazakh:
        other[row["term"]] += [row["label"]] * (row["label"] not in other[row["term"]])
    lines = [
        f"Prefix `kz:` is `{NS}`; `docs/model.md` draws how these things hang together. After an arrow stands the class at which a property points;",
        "in brackets, what its name does not say.",
        "",
    ]
    for word in (row for row in rows if row["sort"] == "Class"):
        lines.append(f"- **{_short(word['term'])}** {word['label']} ({', '.join(other[word['term']])}): {word['definition']}")
        own = list(dict.fromkeys(_property(row) for row in rows if row["domain"] == word["term"]))
        if own:
            lines.append(f"  Properties: {', '.join(own)}.")
    local = {row["term"] for row in rows}
    for domain in sorted({row["domain"] for row in rows} - local):  # those of other ontologies; without any, a property serves several classes
        head = f"On **{_short(domain)}**" if domain else "On several classes"
        properties = dict.fromkeys(_property(row) for row in rows if row["sort"] != "Class" and row["domain"] == domain)
        lines.append(f"- {head}: {', '.join(properties)}.")
    return "\n".join(lines) + "\n"


def _property(row: dict[str, str]) -> str:
    plain = re.sub("([A-Z])", r" \1", row["term"].removeprefix(NS)).lower()
    points = f" → {_short(row['range'])}" if row["range"].startswith(NS) else ""
    return f"`{_short(row['term'])}`{points}" + f" ({row['label']})" * (row["label"].lower() != plain)


def _short(iri: str) -> str:
    return next((f"{prefix}:{iri.removeprefix(space)}" for prefix, space in SPACES.items() if iri.startswith(space)), f"<{iri}>")


def _entry(asked: Question, words: dict[str, dict[str, str]]) -> str:
    lines = [f"### {asked.name}", "", "  \n".join(f"**{asked.title[lang]}.** {asked.question[lang]}" for lang in LANGUAGES), ""]
    lines += [f"    $ {example(asked)}", ""]
    rows = [(f"`{name}`", kind, "parameter" if name in asked.params else "", told or _told(asked, name)) for name, (kind, told) in asked.columns.items()]
    lines += [Table(("column", "type", "", "meaning"), rows).write("md").rstrip(), ""]
    among = " · ".join(asked.among_words[lang] for lang in LANGUAGES)
    lines += [f"{words['en']['cookbook-among']}: {among}", "", "  \n".join(f"{words[lang]['cookbook-limits']}: {asked.limits[lang]}" for lang in LANGUAGES), ""]
    return "\n".join(lines)


def _told(asked: Question, name: str) -> str:
    if name in asked.params:
        return asked.params[name][1]
    of = name.removesuffix("_label")
    if of != name and of in asked.columns:
        return f"the name of `{of}`, in the language asked for"
    return name.replace("_", " ")
