"""The commands that answer: gaps, matrix, list, ask, show, explain, sparql."""

import argparse
import os

from kzgraph.cli import streams
from kzgraph.errors import UnknownName
from kzgraph.questions import Question, catalogue, question, stated
from kzgraph.rooms import Rooms
from kzgraph.store import Store


def tabled(store: Store, args: argparse.Namespace) -> int:
    """The answer to ``gaps`` and ``matrix``: one named question, narrowed by ground and provision."""
    return _told(store, args, question(store.rooms, args.command), {"ground": args.ground, "provision": args.provision})


def listed(store: Store, args: argparse.Namespace) -> int:
    """All things of a kind, or the kinds there are."""
    kinds = [name.removeprefix("list-") for name in catalogue(store.rooms) if name.startswith("list-")]
    if not args.kind:
        streams.refuse(args, "'list' without a kind only names the kinds", "at", "ground", "provision", "format")
        streams.write("\n".join(kinds) + "\n", args.output)
        return 0
    if args.kind not in kinds:
        raise UnknownName(f"{args.kind}: no such kind; take one of {', '.join(kinds)}")
    wanted = question(store.rooms, f"list-{args.kind}")
    if "at" not in wanted.params:
        streams.refuse(args, f"'list {args.kind}' asks about no day", "at")
    return _told(store, args, wanted, {"ground": args.ground, "provision": args.provision})


def asked(store: Store, args: argparse.Namespace) -> int:
    """The answer to a named question, or the list of questions, or the cookbook."""
    if args.question:
        streams.refuse(args, "tells all questions, not the answer to one", "cookbook")
        wanted = question(store.rooms, args.question)
        filters = {column: getattr(args, f"only_{column}") or [] for column in args.filters}
        return _told(store, args, wanted, filters, {name: getattr(args, f"param_{name}") for name in args.params})
    if args.cookbook:
        streams.refuse(args, "the cookbook is Markdown", "format")
        from kzgraph.cookbook import cookbook

        streams.write(cookbook(store.rooms), args.output)
        return 0
    from kzgraph.table import Table

    rows = [(name, question(store.rooms, name).question.get(args.lang, "")) for name in catalogue(store.rooms)]
    streams.write(Table(("question", "asks"), rows).write(streams.form(args)), args.output)
    return 0


def _told(store: Store, args: argparse.Namespace, wanted: Question, filters: dict, given: "dict | None" = None) -> int:
    from kzgraph.narrow import answer_of_each, existing, holding, narrowed

    values = {}
    for name, (kind, _) in wanted.params.items():
        value = (given or {}).get(name)
        if kind == "lang":
            values[name] = args.lang
        elif name == "at":
            values[name] = streams.asked_day(args)
        elif value is not None:
            values[name] = existing(store, value) if kind == "ref" else value
    whole = answer_of_each(store, wanted, values)
    table = narrowed(store, wanted, whole, filters)
    if getattr(args, "contains", None):
        table = holding(table, args.contains)
    table.notes = stated(store, wanted, table, values, before=len(whole))
    form = streams.form(args)
    streams.write(table.write(form), args.output)
    if form not in ("table", "md"):
        streams.say(*table.notes)
    streams.say(*streams.outside(store, values.get("at", "")))
    return 0


def shown(store: Store, args: argparse.Namespace) -> int:
    """The page of one thing."""
    from kzgraph.narrow import existing
    from kzgraph.pages import page

    at = streams.asked_day(args)
    table = page(store, existing(store, args.ref), at=at, lang=args.lang)
    streams.write(table.write(streams.form(args)), args.output)
    streams.say(*streams.outside(store, at))
    return 0


def explained(store: Store, args: argparse.Namespace) -> int:
    """The chain of a gap, or of a cell: a provision and a ground."""
    from kzgraph.chains import cell, chain
    from kzgraph.narrow import existing

    at = streams.asked_day(args)
    ref = existing(store, args.ref)
    ground = existing(store, args.ground) if args.ground else ""
    found = cell(store, ref, ground, at=at, lang=args.lang) if ground else chain(store, ref, at=at, lang=args.lang)
    form = streams.form(args) if args.format or args.output else "table"
    streams.write(found.write(form), args.output)
    streams.say(*streams.outside(store, at))
    return 0


def queried(rooms: Rooms, args: argparse.Namespace) -> int:
    """The answer to a query of one's own."""
    from kzgraph import sparql
    from kzgraph.cli.parser import SPARQL_FORMS

    text = sparql.read(args.file)
    suffix = os.path.splitext(args.output or "")[1].lstrip(".").lower()
    form = args.format or (suffix if suffix in SPARQL_FORMS else "")
    written, notes = sparql.ask(
        rooms, text, "stdin" if args.file == "-" else args.file,
        form=form, other=streams.form(args), limit=args.timeout, most=args.max_rows, at=streams.asked_day(args), restricted=args.show_restricted,
    )
    streams.write(written, args.output)
    streams.say(*notes)
    return 0
