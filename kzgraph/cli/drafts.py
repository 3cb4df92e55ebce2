"""The commands that compare: whatif, the graph with a draft laid over it; diff, two versions of the data."""

import argparse
import sys

from kzgraph.cli import streams
from kzgraph.errors import BadValue
from kzgraph.store import Store
from kzgraph.table import Table


def drafted(store: Store, args: argparse.Namespace) -> int:
    """What amendments would change, the list of the shipped ones, or their ranking."""
    from kzgraph.amendments import ranking, read, shipped, whatif

    names = list(shipped(store.rooms))
    if args.list:
        streams.refuse(args, "'--list' only names the shipped amendments", "amendments", "rank", "at")
        every = [read(name, store.rooms) for name in names]
        rows = [(one.name, one.last, " ".join(one.asks), "example" if one.example else "", one.label(args.lang)) for one in every]
        _written(Table(("amendment", "from", "asks", "kind", "title"), rows), args)
        return 0
    if not args.amendments and args.rank is None:
        raise BadValue("whatif: no amendment named; take a file or one of " + ", ".join(names))
    amendments = [read(name, store.rooms) for name in args.amendments or names]
    day = {"at" if args.at else "today": streams.asked_day(args)}
    streams.busy(f"laying {len(amendments)} amendments over the graph")
    if args.rank is not None:
        _written(ranking(store, amendments, gap_type=args.rank, lang=args.lang, **day), args)
        return 0
    outcome = whatif(store, amendments, lang=args.lang, **day)
    _written(outcome, args)
    streams.say(", ".join(f"{count} {effect}" for effect, count in outcome.counts().items()), *streams.outside(store, outcome.at))
    return 0


def _written(answer, args: argparse.Namespace) -> None:
    form = args.format or ("" if not args.output else streams.form(args, ("text", "md", "json", "csv")))
    form = form or ("text" if sys.stdout.isatty() else "csv")
    streams.write(answer.write("table" if form == "text" and isinstance(answer, Table) else form), args.output)


def compared(store: Store, args: argparse.Namespace) -> int:
    """The difference of two versions; with ``--exit-code`` 1 if there is any."""
    from kzgraph.differences import difference, side

    old = Store(side(store.rooms, args.old), cache=False, restricted=store.restricted)
    new = Store(side(store.rooms, args.new), cache=False, restricted=store.restricted) if args.new else store
    streams.busy("asking every question of both versions")
    found = difference(old, new, at=streams.asked_day(args), lang=args.lang, names=(args.old, args.new or ""))
    _written(found, args)
    streams.say(f"{len(found.entities)} differences by entity, {len(found.effects)} in answers, {len(found.privacy)} in what is disclosed")
    return 1 if args.exit_code and not found.empty else 0
