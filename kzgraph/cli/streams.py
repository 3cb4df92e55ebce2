"""What every command shares with the terminal: data to stdout or a file, talk to stderr, the form of the answer, the clock."""

import argparse
import os
import sys

from kzgraph.errors import BadValue, KzError

TABLES = ("table", "csv", "json", "md")


def say(*lines: str) -> None:
    """Talk: one line each on stderr; nothing where stderr is closed."""
    if sys.stderr is None:
        return
    wiped = "\r\033[K" if sys.stderr.isatty() else ""  # what ``busy`` wrote
    for line in lines:
        print(f"{wiped}kzgraph: {line}", file=sys.stderr)


def busy(line: str) -> None:
    """What is being done, on a terminal alone; the next line of talk takes its place."""
    if sys.stderr is not None and sys.stderr.isatty():
        print(f"\rkzgraph: {line} …", end="", file=sys.stderr, flush=True)


def form(args: argparse.Namespace, forms: tuple = TABLES) -> str:
    """The form asked for, or that of the suffix of ``-o``, or a table on a terminal and CSV where stdout is piped."""
    if args.format:
        return args.format
    if args.output and args.output != "-":
        suffix = os.path.splitext(args.output)[1].lstrip(".").lower()
        return suffix if suffix in forms else "csv"
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "csv"


def write(text: str, output: "str | None") -> None:
    """The text to a file, whole or not at all, or to stdout. Raises KzError where stdout takes no more."""
    if output and output != "-":
        from kzgraph.table import save

        save(text, output)
        return
    if sys.stdout is None:
        raise KzError("standard output: closed; open it, or write to a file with -o")
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # else the interpreter complains once more at exit
        told = "closed before the answer was written in full" if isinstance(error, BrokenPipeError) else error.strerror
        raise KzError(f"standard output: {told}; ask again, or write to a file with -o") from None


def refuse(args: argparse.Namespace, why: str, *names: str) -> None:
    """Nothing. Raises BadValue where one of the options was given, of which ``why`` tells that it does not apply: none is ignored in silence."""
    for name in names:
        if getattr(args, name) not in (None, [], False):
            option = {"output": "-o", "amendments": "AMENDMENT"}.get(name, f"--{name}")
            raise BadValue(f"{option}: {why}; leave the option out")


def asked_day(args: argparse.Namespace) -> str:
    """The day of ``--at``, or today: the only place where the clock is read. Raises BadValue."""
    if args.at:
        from kzgraph.questions import a_date

        return a_date("at", args.at)
    from datetime import date

    return date.today().isoformat()


def outside(store, at: str) -> list[str]:
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
