"""The command: reads the arguments and the clock, asks the graph, writes the answer.

Data goes to stdout, talk to stderr. Ends with 0 answered, 1 findings, 2 wrong use or unreadable input, 4 a query out of time.
"""

import argparse
import os
import sys

from kzgraph import __version__
from kzgraph.errors import BadFile, BadValue, KzError, UnknownName, nearest, one_line

_LANGUAGES = ("en", "ru", "kk")
_FORMATS = ("table", "csv", "json", "md")
_ALL_FORMATS = (*_FORMATS, "tsv", "ttl")  # what a query of one's own can be written as


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        self.exit(2, f"{self.prog}: {one_line(message)}; see '{self.prog} --help'\n")


def _parser() -> argparse.ArgumentParser:
    plain = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="kzgraph",
        formatter_class=plain,
        description="Which grounds the law of Kazakhstan protects, and which it leaves out, on any date.",
        epilog="Example: kzgraph gaps --at 2024-12-31 --ground ground/sogi",
    )
    parser.add_argument("--version", action="version", version=f"kzgraph {__version__}")
    parser.add_argument("--root", metavar="DIR", help="the folder that holds ontology, data and queries")
    parser.add_argument("--data", metavar="DIR", help="a folder of Turtle files to use in place of the shipped data")
    parser.add_argument("--restricted", metavar="DIR", help="a folder of Turtle files kept outside the repository, laid over the data")
    parser.add_argument("--show-restricted", action="store_true", help="answer from restricted records too; without it every answer leaves them out")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, help: str, example: str, table: bool = True, forms: tuple = _FORMATS) -> argparse.ArgumentParser:
        told = help[0].upper() + help[1:] + "."
        sub = commands.add_parser(name, help=help, description=told, epilog=f"Example: {example}", formatter_class=plain)
        sub.add_argument("--at", metavar="DATE", help="the day asked about, YYYY-MM-DD (default: today)")
        sub.add_argument("--lang", default="en", choices=_LANGUAGES, help="the language of labels (default: en)")
        sub.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")
        if table:
            sub.add_argument("--ground", metavar="REF", action="append", default=[], help="only this ground or set of grounds; may be repeated")
            sub.add_argument("--provision", metavar="REF", action="append", default=[], help="only this act, article or part; may be repeated")
        also = "; ttl for CONSTRUCT" if "ttl" in forms else ""
        sub.add_argument("--format", choices=forms, help=f"default: table on a terminal, csv when piped; or by the suffix of -o{also}")
        return sub

    command("gaps", "every open gap on a date, one row each, grouped by type", "kzgraph gaps --at 2024-12-31 --format csv")
    command("matrix", "provision × ground, the verdict in each cell", "kzgraph matrix --ground ground/sogi")
    show = command(
        "show",
        "one thing: wording, dates, grounds, what it follows, what follows it, sources",
        "kzgraph show act/criminal-code-2014/art_145",
        table=False,
    )
    show.add_argument("ref", metavar="REF", help="an address such as ground/sex or act/labour-code-2015/art_6__para_2")
    explain = command(
        "explain",
        "the chain of a gap, step by step, each with its citation, in plain words",
        "kzgraph explain gap/motive-omission/criminal-code-2014/art_54__para_1__point_6/sexual-orientation",
        table=False,
    )
    explain.add_argument("ref", metavar="GAP", help="the address of a gap, as 'kzgraph gaps' prints it")
    listing = command("list", "all things of a kind, one row each", "kzgraph list provisions --at 2026-11-20")
    listing.add_argument("kind", metavar="KIND", nargs="?", help="without it, the kinds are listed")
    ask = command("ask", "the answer to a named question", "kzgraph ask gaps --at 2026-11-20")
    ask.add_argument("question", metavar="QUERY", nargs="?", help="without it, the questions are listed")
    ask.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="a parameter of the question; may be repeated")
    sparql = command(
        "sparql",
        "the answer to a SPARQL SELECT, ASK or CONSTRUCT of your own, over this graph alone",
        "kzgraph sparql mine.rq --timeout 10",
        table=False,
        forms=_ALL_FORMATS,
    )
    sparql.add_argument("file", metavar="FILE", help="a file, or - for standard input")
    sparql.add_argument("--timeout", metavar="SECONDS", type=_seconds, default=30.0, help="end the query after so long, exit code 4 (default: 30)")
    sparql.add_argument("--max-rows", metavar="N", type=_count, default=100_000, help="stop after N rows and say so (default: 100000)")

    def keeper(name: str, help: str, example: str) -> argparse.ArgumentParser:
        told = help[0].upper() + help[1:] + "."
        return commands.add_parser(name, help=help, description=told, epilog=f"Example: {example}", formatter_class=plain)

    check = keeper("check", "faults in the data, one line each: where, what, what to do", "kzgraph check mine.ttl --format sarif -o faults.sarif")
    check.add_argument("paths", metavar="PATH", nargs="*", help="files or folders to lay over the data and report on (default: the data)")
    check.add_argument("--privacy", action="store_true", help="only what could lead to a person, with the cases that could single somebody out")
    check.add_argument("--lang", default="en", choices=_LANGUAGES, help="the language of messages (default: en)")
    check.add_argument("--format", choices=("text", "json", "sarif", "ttl"), default="text", help="default: text; ttl is a SHACL report")
    check.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")
    form = keeper("fmt", "data files brought into their canonical form", "kzgraph fmt --check data")
    form.add_argument("paths", metavar="PATH", nargs="*", help="files or folders (default: the data)")
    form.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file is not in canonical form")
    verify = keeper("verify", "every citation held against the documents in a folder", "kzgraph verify ~/reports")
    verify.add_argument("folder", metavar="DIRECTORY", help="the folder that holds the documents")
    verify.add_argument("--format", choices=_FORMATS, help="default: table on a terminal, csv when piped")
    verify.add_argument("-o", "--output", metavar="FILE", help="write to a file instead of stdout")
    return parser


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
    raise argparse.ArgumentTypeError(f"{text}: not a number of rows; take one from 1 on")


def _today() -> str:
    from datetime import date

    return date.today().isoformat()


def _say(*lines: str) -> None:
    for line in lines:
        print(f"kzgraph: {line}", file=sys.stderr)


def _form(args: argparse.Namespace) -> str:
    if args.format:
        return args.format
    if args.output:
        suffix = os.path.splitext(args.output)[1].lstrip(".").lower()
        return suffix if suffix in _FORMATS else "csv"
    return "table" if sys.stdout.isatty() else "csv"


def _write(text: str, output: "str | None") -> None:
    if output and output != "-":
        from kzgraph.table import save

        save(text, output)
        return
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the interpreter complains once more at exit
        told = "closed before the answer was written in full" if isinstance(error, BrokenPipeError) else error.strerror
        raise KzError(f"standard output: {told}; ask again, or write to a file with -o") from None


def _existing(store, ref: str) -> str:
    """The reference without its slashes at the ends, if the graph knows it or parts of it. Raises UnknownName, with the nearest."""
    from kzgraph.terms import iri, selects

    ref = ref.strip().strip("/")
    if " " in ref or "<" in ref or ">" in ref or not ref:
        raise BadValue(f"{ref!r}: not an address; write one such as ground/sex or act/criminal-code-2014/art_145")
    if store.holds(iri(ref)):
        return ref
    from kzgraph.questions import answer

    known = [row[0] for row in answer(store, "addresses").rows]
    if any(selects(ref, address) for address in known):
        return ref
    near = nearest(ref, known)
    raise UnknownName(f"{ref}: no such address in the graph; " + (f"nearest: {', '.join(near)}" if near else "'kzgraph list' names the kinds"))


def _narrowed(store, table, args: argparse.Namespace):
    """The table with only the rows that --ground and --provision select; a set stands for its members."""
    from kzgraph.questions import answer
    from kzgraph.terms import selects

    for option, wanted in (("ground", args.ground), ("provision", args.provision)):
        if not wanted:
            continue
        if option not in table.columns:
            raise BadValue(f"--{option}: this table has no column of that kind; leave the option out")
        refs = [_existing(store, ref) for ref in wanted]
        if option == "ground":
            members = answer(store, "collection-members").rows
            refs += [member for collection, member in members if collection in refs]
            table = table.where("ground", lambda cell, refs=refs: cell in refs)
        else:
            table = table.where("provision", lambda cell, refs=refs: any(selects(ref, cell) for ref in refs))
    return table


def _date(args: argparse.Namespace) -> str:
    from kzgraph.questions import a_date

    return a_date("at", args.at) if args.at else _today()


def _outside(store, at: str) -> list[str]:
    """What to say of a day that lies outside what the graph knows; nothing for any other day."""
    from kzgraph.questions import answer

    rows = answer(store, "reach").rows if at else []
    if rows and all(rows[0]):
        first, last = rows[0]
        if at < first:
            return [f"{at} lies before {first}, the first day of which the graph knows anything; nothing follows from an empty answer"]
        if at > last:
            return [f"{at} lies after {last}, the last day on which a text was checked; what changed since is not in the graph"]
    return []


def _answer(store, args: argparse.Namespace) -> int:
    from kzgraph.questions import answer, catalogue, question

    if args.command == "list" and not args.kind:
        kinds = [name.removeprefix("list-") for name in catalogue(store.rooms) if name.startswith("list-")]
        _write("\n".join(kinds) + "\n", args.output)
        return 0
    if args.command == "ask" and not args.question:
        from kzgraph.table import Table

        rows = [(name, question(store.rooms, name).question.get(args.lang, "")) for name in catalogue(store.rooms)]
        _write(Table(("question", "asks"), rows).write(_form(args)), args.output)
        return 0
    name = {"list": f"list-{getattr(args, 'kind', '')}", "ask": getattr(args, "question", "")}.get(args.command, args.command)
    if args.command == "list" and name not in catalogue(store.rooms):
        kinds = [known.removeprefix("list-") for known in catalogue(store.rooms) if known.startswith("list-")]
        raise UnknownName(f"{args.kind}: no such kind; take one of {', '.join(kinds)}")
    asked = question(store.rooms, name)
    values = {}
    for pair in getattr(args, "set", []):
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadValue(f"--set {pair}: not of the form NAME=VALUE; write for instance --set act=act/criminal-code-2014")
        values[key] = _existing(store, value) if asked.params.get(key, ("",))[0] == "ref" else value
    if "at" in asked.params:
        values.setdefault("at", _date(args))
    if "lang" in asked.params:
        values.setdefault("lang", args.lang)
    table = _narrowed(store, answer(store, name, **values), args)
    statement = f"data {store.rooms.version}" + (f", law as of {values['at']}" if "at" in values else "") + f", {len(table)} rows"
    if "verdict" in table.columns:
        index = table.columns.index("verdict")
        statement += f", {sum(row[index] == 'not-checked' for row in table.rows)} of them not checked"
    form = _form(args)
    if form in ("table", "md"):
        table.notes = (statement,)
    _write(table.write(form), args.output)
    if form not in ("table", "md"):
        _say(statement)
    _say(*_outside(store, values.get("at", "")))
    return 0


def _show(store, args: argparse.Namespace) -> int:
    from kzgraph.pages import page

    at = _date(args)
    table = page(store, _existing(store, args.ref), at=at, lang=args.lang)
    _write(table.write(_form(args)), args.output)
    _say(*_outside(store, at))
    return 0


def _explain(store, args: argparse.Namespace) -> int:
    from kzgraph.chain import chain

    at = _date(args)
    explained = chain(store, _existing(store, args.ref), at=at, lang=args.lang)
    form = _form(args) if args.format or args.output else "table"
    _write(explained.write(form), args.output)
    _say(*_outside(store, at))
    return 0


def _sparql(rooms, args: argparse.Namespace) -> int:
    from kzgraph import sparql

    text = sparql.read(args.file)
    suffix = os.path.splitext(args.output or "")[1].lstrip(".").lower()
    form = args.format or (suffix if suffix in _ALL_FORMATS else "")
    written, notes = sparql.ask(
        rooms, text, "stdin" if args.file == "-" else args.file,
        form=form, other=_form(args), limit=args.timeout, most=args.max_rows, at=_date(args), restricted=args.show_restricted,
    )
    _write(written, args.output)
    _say(*notes)
    return 0


def _check(rooms, args: argparse.Namespace) -> int:
    from kzgraph import checks, reports
    from kzgraph.store import Store

    laid, names = checks.overlaid(rooms, args.paths)
    store = Store(laid)
    within = names if args.paths else None
    if args.privacy:
        rows = [row for row in checks.findings(store, within=within) if row["rule"].startswith("privacy-")] + checks.jigsaw(store)
    else:
        rows = checks.findings(store, within=within)
    _write(reports.write(rows, args.format, args.lang), args.output)
    wrong = sum(row["severity"] == "violation" for row in rows)
    files = len(names) if args.paths else len(laid.turtle)
    _say(f"{files} files checked, {wrong} violations, {len(rows) - wrong} other findings")
    return 1 if wrong else 0


def _fmt(rooms, args: argparse.Namespace) -> int:
    from pathlib import Path

    from kzgraph.form import formatted

    files: list[Path] = []
    for path in map(Path, args.paths or [rooms.data]):
        if not path.exists():
            raise BadFile(f"{path}: no such file or folder; name a Turtle file or a folder of them")
        files += sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
    changed = formatted(files, write=not args.check)
    _write("".join(f"{file}\n" for file in changed), None)
    _say(f"{len(files)} files, {len(changed)} " + ("not in canonical form; 'kzgraph fmt' mends them" if args.check else "brought into canonical form"))
    return 1 if args.check and changed else 0


def _verify(rooms, args: argparse.Namespace) -> int:
    from kzgraph.questions import answer
    from kzgraph.store import Store
    from kzgraph.verify import VERDICTS, borrowed, verify

    store = Store(rooms)
    table = verify(store, args.folder)
    copied = borrowed(store, args.folder)
    _write(table.write(_form(args)), args.output)
    counts = {verdict: sum(row[0] == verdict for row in table.rows) for verdict in VERDICTS}
    _say(f"{len(table)} citations checked: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    _say(f"{len(answer(store, 'citations-without-digest'))} citations of other texts carry no digest and cannot be held against documents")
    for thing, term, words in copied.rows:
        _say(f"{thing} {term}: eight words in a row are a document's, not ours ({words}); write it anew")
    _say(f"own words: {len(copied)} of our sentences stand in a document")
    return 1 if copied.rows or counts["not found"] or counts["document missing"] else 0


def main(argv: "list[str] | None" = None) -> int:
    """Run one command; returns its exit code."""
    args = _parser().parse_args(argv)
    try:
        from kzgraph.rooms import open_rooms

        rooms = open_rooms(args.root, args.data, args.restricted)
        if args.command in ("check", "fmt", "verify", "sparql"):
            return {"check": _check, "fmt": _fmt, "verify": _verify, "sparql": _sparql}[args.command](rooms, args)
        from kzgraph.store import Store

        store = Store(rooms, restricted=args.show_restricted)
        return {"show": _show, "explain": _explain}.get(args.command, _answer)(store, args)
    except KzError as error:
        _say(one_line(error))
        return error.exit_code
    except KeyboardInterrupt:
        _say("stopped")
        return 130


def run() -> None:
    """The entry point: runs ``main`` and leaves without taking the store apart, which would only cost time."""
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 2
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
