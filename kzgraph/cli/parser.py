"""The command line: which commands there are, what each takes, and how ``--help`` tells it."""

import argparse

from kzgraph import __version__
from kzgraph.cli.streams import TABLES
from kzgraph.errors import one_line
from kzgraph.terms import LANGUAGES

SPARQL_FORMS = (*TABLES, "tsv", "ttl")  # what a query of one's own can be written as
TEXTS = ("text", "md", "json", "csv")
PROFILES = ("public", "partner", "internal")
_PLAIN = argparse.RawDescriptionHelpFormatter


class _Parser(argparse.ArgumentParser):
    def __init__(self, **settings) -> None:
        super().__init__(**settings, allow_abbrev=False)  # a shortened option would change its meaning when another is added

    def error(self, message: str):
        self.exit(2, f"{self.prog}: {one_line(message)}; see '{self.prog} --help'\n")


def parser() -> argparse.ArgumentParser:
    """The parser of everything but the options of a named question, which ``of_question`` makes from its header."""
    top = _Parser(
        prog="kzgraph",
        formatter_class=_PLAIN,
        description="Which grounds the law of Kazakhstan protects, and which it leaves out, on any date.",
        epilog="Example: kzgraph gaps --at 2024-12-31 --ground ground/sogi",
    )
    top.add_argument("--version", action="version", version=f"kzgraph {__version__}")
    top.add_argument("--root", metavar="DIR", help="the folder that holds ontology, data and queries")
    top.add_argument("--data", metavar="DIR", help="a folder of Turtle files to use in place of the shipped data")
    top.add_argument("--restricted", metavar="DIR", help="a folder of Turtle files kept outside the repository, laid over the data")
    top.add_argument("--show-restricted", action="store_true", help="answer from restricted records too; without it every answer leaves them out")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, help: str, example: str) -> argparse.ArgumentParser:
        told = help[0].upper() + help[1:] + "."
        return commands.add_parser(name, help=help, description=told, epilog=f"Example: {example}", formatter_class=_PLAIN)

    for name, help, example in (
        ("gaps", "every open gap on a date, one row each, grouped by type", "kzgraph gaps --at 2024-12-31 --format csv"),
        ("matrix", "provision × ground, the verdict in each cell", "kzgraph matrix --ground ground/sogi"),
    ):
        sub = command(name, help, example)
        _add(sub, _at, _told, _narrowing)
    sub = command("show", "one thing: wording, dates, grounds, what it follows, what follows it, sources", "kzgraph show act/criminal-code-2014/art_145")
    sub.add_argument("ref", metavar="REF", help="an address such as ground/sex or act/labour-code-2015/art_6__para_2")
    _add(sub, _at, _told)
    sub = command(
        "explain",
        "the chain of a gap, or of a cell of the matrix, step by step, each with its citation",
        "kzgraph explain gap/motive-omission/criminal-code-2014/art_54__para_1__point_6/sexual-orientation",
    )
    sub.add_argument("ref", metavar="GAP|PROVISION", help="the address of a gap, as 'kzgraph gaps' prints it, or of a provision with --ground")
    sub.add_argument("--ground", metavar="REF", help="with a provision: the ground whose cell is explained")
    _add(sub, _at, _told)
    sub = command("list", "all things of a kind, one row each", "kzgraph list provisions --at 2026-11-20")
    sub.add_argument("kind", metavar="KIND", nargs="?", help="without it, the kinds are listed")
    _add(sub, _at, _told, _narrowing)
    sub = command(
        "ask",
        "the answer to a named question; 'kzgraph ask QUERY --help' tells its options",
        "kzgraph ask list-asks --issuer body/cescr --year 2019",
    )
    _told(sub)
    sub.add_argument("--cookbook", action="store_true", help="all questions with parameters, columns and limits, as Markdown")
    sub.add_argument("question", metavar="QUERY", nargs="?", help="without it, the questions are listed")
    sub.add_argument("rest", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    sub = command("sparql", "the answer to a SPARQL SELECT, ASK or CONSTRUCT of your own, over this graph alone", "kzgraph sparql mine.rq --timeout 10")
    sub.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    _add(sub, _at)
    _told(sub, SPARQL_FORMS)
    sub.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=30.0, help="end the query after so long, exit code 4 (default: 30)")
    sub.add_argument("--max-rows", metavar="N", type=_count, default=100_000, help="stop after N rows and say so (default: 100000)")

    sub = command("whatif", "what an amendment would close, leave, change and open; it is laid over the graph, never written", "kzgraph whatif hate-motives")
    sub.add_argument("amendments", metavar="AMENDMENT", nargs="*", help="a shipped amendment or a file of your own; several combine")
    sub.add_argument("--list", action="store_true", help="the shipped amendments")
    sub.add_argument("--rank", metavar="TYPE", nargs="?", const="", help="which amendment, and which smallest set, closes most gaps (of a type)")
    _at(sub, "the later of today and the first day of the last amendment")
    _told(sub, TEXTS, "text on a terminal, csv of the gaps when piped")
    sub = command("diff", "two versions of the data, by entity, in words, with what changes in the answers", "kzgraph diff HEAD~1")
    sub.add_argument("old", metavar="OLD", help="a folder or a git revision")
    sub.add_argument("new", metavar="NEW", nargs="?", help="the same (default: the data in use)")
    sub.add_argument("--exit-code", action="store_true", help="end with 1 if anything differs")
    _add(sub, _at)
    _told(sub, TEXTS, "text on a terminal, csv when piped")

    sub = command("view", "a part of the graph as a picture, a graph file, a table or a page", "kzgraph view gaps -o gaps.svg")
    sub.add_argument("name", metavar="NAME", nargs="?", help="without it, the views are listed")
    sub.add_argument("ref", metavar="REF", nargs="*", help="what the view is of: a provision, case, ask, gap or amendment")
    _leaves(sub, "svg png pdf graphml gexf cyjs dot mmd csv ttl trig nq jsonld html, by the suffix")
    sub.add_argument("--most", metavar="N", type=_count, default=25, help="show up to N nodes; what is left out is told in the picture (default: 25)")
    _add(sub, _narrowing, _styled)
    sub = command("figure", "a figure with legend, source line and date inside, and its table twin", "kzgraph figure matrix -o matrix.svg")
    sub.add_argument("name", metavar="NAME", nargs="?", help="without it, the figures are listed")
    sub.add_argument("ref", metavar="REF", nargs="*", help="what the figure is of: an ask, a gap or an amendment")
    _leaves(sub, "svg png pdf, by the suffix; with --table csv json md")
    sub.add_argument("--table", action="store_true", help="the table with the same numbers in place of the picture")
    sub.add_argument("--format", choices=TABLES, help="with --table: default table on a terminal, csv when piped; or by the suffix of -o")
    _add(sub, _narrowing, _styled)
    sub = command("export", "a workbook: gaps, matrix, cases, asks, figures, sources, codebook, a sheet each", "kzgraph export book.xlsx")
    sub.add_argument("output", metavar="FILE", help="the workbook to write, .xlsx")
    _add(sub, _at, _language, _profiled)
    sub = command(
        "report",
        "an annex for a treaty body: gaps by article with chains, cases, earlier asks, footnotes; or a fact sheet of one gap",
        "kzgraph report --body cescr --at 2026-11-20 -o annex.docx",
    )
    what = sub.add_mutually_exclusive_group(required=True)
    what.add_argument("--body", metavar="BODY", help="the treaty body, such as cescr")
    what.add_argument("--gap", metavar="GAP", help="a fact sheet of one page for this gap")
    _leaves(sub, "docx md pdf, by the suffix")
    sub.add_argument("--since", metavar="DATE", help="flag the provisions replaced since this day, such as that of the last report")
    sub.add_argument("--words", metavar="N", type=_count, help="the most words the annex may have; it says where it goes beyond")
    _add(sub, _narrowing, _styled)

    sub = command("check", "faults in the data, one line each: where, what, what to do", "kzgraph check mine.ttl --format sarif -o faults.sarif")
    sub.add_argument("paths", metavar="PATH", nargs="*", help="files or folders to lay over the data and report on (default: the data)")
    sub.add_argument("--privacy", action="store_true", help="only what could lead to a person, with the cases that could single somebody out")
    _told(sub, ("text", "json", "sarif", "ttl"), "text; ttl is a SHACL report", "text")
    sub = command("fmt", "data files brought into their canonical form", "kzgraph fmt --check data")
    sub.add_argument("paths", metavar="PATH", nargs="*", help="files or folders (default: the data)")
    sub.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file is not in canonical form")
    sub = command("verify", "every citation held against the documents in a folder", "kzgraph verify ~/reports")
    sub.add_argument("folder", metavar="DIRECTORY", help="the folder that holds the documents")
    _told(sub)
    return top


def of_question(asked) -> argparse.ArgumentParser:
    """The parser of ``ask NAME``: one option for each parameter of the question, one to narrow by each column that is no free text."""
    from kzgraph.narrow import FILTERED

    limits = asked.limits.get("en", "")
    sub = _Parser(
        prog=f"kzgraph ask {asked.name}",
        formatter_class=_PLAIN,
        description=asked.question.get("en", "") + (f"\n\nNot shown: {limits}" if limits else ""),
    )
    _told(sub)
    params = sub.add_argument_group("parameters")
    for name, (kind, told) in asked.params.items():
        if name == "at":
            _at(params)
        elif kind != "lang":
            params.add_argument(_option(name), dest=f"param_{name}", metavar=kind.upper(), required=True, help=_text(told))
    sub.add_argument("--contains", metavar="TEXT", help="only the rows that hold this text in some cell, whatever its case")
    narrow = sub.add_argument_group("only the rows with this value; each may be repeated")
    filters = [name for name, (kind, _) in asked.columns.items() if kind in FILTERED and name not in asked.params]
    for name in filters:
        kind, told = asked.columns[name]
        also = {"int": " N or N..N", "date": " DATE or DATE..DATE, a day, month or year"}.get(kind, "")
        narrow.add_argument(_option(name), dest=f"only_{name}", metavar=kind.upper(), action="append", help=_text(told or name.replace("_", " ")) + also)
    sub.set_defaults(filters=filters, params=[name for name, (kind, _) in asked.params.items() if name != "at" and kind != "lang"])
    return sub


def _add(sub, *groups) -> None:
    for group in groups:
        group(sub)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _text(told: str) -> str:
    return told.replace("%", "%%")  # argparse formats its help texts


def _at(sub, default: str = "today") -> None:
    sub.add_argument("--at", metavar="DATE", help=f"the day asked about, YYYY-MM-DD (default: {default})")


def _language(sub) -> None:
    sub.add_argument("--lang", default="en", choices=LANGUAGES, help="the language of labels and texts (default: en)")


def _told(sub, forms: tuple = TABLES, told: str = "table on a terminal, csv when piped; or by the suffix of -o", default: "str | None" = None) -> None:
    _language(sub)
    sub.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")
    also = "; ttl for CONSTRUCT" if forms is SPARQL_FORMS else ""
    sub.add_argument("--format", choices=forms, default=default, help=f"default: {told}{also}")


def _narrowing(sub) -> None:
    sub.add_argument("--ground", metavar="REF", action="append", default=[], help="only this ground or set of grounds; may be repeated")
    sub.add_argument("--provision", metavar="REF", action="append", default=[], help="only this act, article or part; may be repeated")


def _leaves(sub, forms: str) -> None:
    sub.add_argument("-o", "--output", metavar="FILE", help=f"the file to write: {forms}")
    _add(sub, _at, _language, _profiled)


def _profiled(sub) -> None:
    sub.add_argument("--profile", default="public", choices=PROFILES, help="what may leave the graph (default: public)")


def _styled(sub) -> None:
    sub.add_argument("--style", metavar="FILE", help="a small file with your own name, logo and colours")


def _seconds(text: str) -> float:
    try:
        if 0 < float(text) <= 86400:
            return float(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text}: not a number of seconds above 0 and up to 86400")


def _count(text: str) -> int:
    if text.isdecimal() and len(text) < 19 and int(text) > 0:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text}: not a number; take one from 1 on")
