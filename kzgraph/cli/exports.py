"""The commands whose files leave the house: view, figure, export, report. All of them go through a profile."""

import argparse

from kzgraph.cli import streams
from kzgraph.errors import BadValue
from kzgraph.rooms import Rooms
from kzgraph.store import Store


def booked(rooms: Rooms, args: argparse.Namespace) -> int:
    """The workbook."""
    from kzgraph.export.workbook import write

    store = _released(rooms, args)
    at = streams.asked_day(args)
    write(store, args.output, at=at, lang=args.lang)
    _ended(store, args, at)
    return 0


def _released(rooms: Rooms, args: argparse.Namespace) -> Store:
    """The graph of the profile; on a terminal, that work goes on."""
    from kzgraph.profiles import released_store

    streams.busy(f"making {args.output or args.command}")
    return released_store(rooms, args.profile, restricted=args.show_restricted)


def _ended(store: Store, args: argparse.Namespace, at: str, paths: "list[str] | None" = None) -> None:
    """What to say after a file (or the files ``paths``) was written: where, what its profile does not hide, whether the day is outside the graph."""
    from kzgraph.profiles import told

    streams.say(f"{' and '.join(paths or [args.output])} written, law as of {at}, language {args.lang}", *told(store, "en"), *streams.outside(store, at))


def reported(rooms: Rooms, args: argparse.Namespace) -> int:
    """The annex for a treaty body, or the fact sheet of a gap; the words per section on stderr."""
    from kzgraph.export.annex import annex, fact_sheet
    from kzgraph.export.document import write
    from kzgraph.export.style import read
    from kzgraph.narrow import existing

    if args.gap:
        streams.refuse(args, "a fact sheet tells of one gap", "since", "words", "ground", "provision")
    if not args.output:
        raise BadValue("report: no file named; write -o annex.docx, .md or .pdf")
    store = _released(rooms, args)
    at = streams.asked_day(args)
    if args.gap:
        document = fact_sheet(store, existing(store, args.gap), at=at, lang=args.lang)
    else:
        narrow = {"grounds": [existing(store, ref) for ref in args.ground], "provisions": [existing(store, ref) for ref in args.provision]}
        document = annex(store, args.body, at=at, lang=args.lang, since=args.since or "", most=args.words or 0, **narrow)
    write(document, args.output, read(args.style))
    streams.say(*(f"{count} words: {section}" for section, count in document.counted().rows))
    _ended(store, args, at)
    return 0


def figured(rooms: Rooms, args: argparse.Namespace) -> int:
    """A figure, or with ``--table`` its twin; without a name, the figures there are."""
    from kzgraph.export.figure import figure, figures
    from kzgraph.export.style import read
    from kzgraph.narrow import existing

    if not args.name:
        streams.refuse(args, "'figure' without a name only names the figures", "at", "table", "ground", "provision", "style")
    elif args.table:
        streams.refuse(args, "a table has no colours", "style")
    else:
        streams.refuse(args, "is for '--table', a picture has the form of its suffix", "format")
    store = _released(rooms, args)
    if not args.name:
        streams.write(figures(store, args.lang).write(streams.form(args)), args.output)
        return 0
    at = streams.asked_day(args)
    narrow = {"grounds": [existing(store, ref) for ref in args.ground], "provisions": [existing(store, ref) for ref in args.provision]}
    made = figure(store, args.name, args.ref, at=at, lang=args.lang, **narrow)
    if args.table:
        streams.write(made.table.write(streams.form(args)), args.output)
        return 0
    if not args.output:
        raise BadValue("figure: no file named; write -o figure.svg, .png or .pdf, or ask for the numbers with --table")
    made.write(args.output, read(args.style))
    _ended(store, args, at)
    return 0


def viewed(rooms: Rooms, args: argparse.Namespace) -> int:
    """A view as a picture, a graph file or a page, by the suffix; without a name, the views there are."""
    from kzgraph.export.projection import VIEWS, view

    if not args.name:
        streams.refuse(args, "'view' without a name only names the views", "output", "at", "ground", "provision", "style")
        streams.write("\n".join(VIEWS) + "\n", None)
        return 0
    if not args.output:
        raise BadValue("view: no file named; write -o with one of the suffixes that 'kzgraph view --help' tells")
    from kzgraph.narrow import existing

    store = _released(rooms, args)
    at = streams.asked_day(args)
    only = [existing(store, ref) for ref in (*args.ground, *args.provision)]
    graph = view(store, args.name, " ".join(args.ref), at=at, lang=args.lang, most=args.most, only=only)
    paths = _drawn(graph, store, args)
    streams.say(graph.graph["left_out_told"])
    _ended(store, args, at, paths)
    return 0


def _drawn(graph, store: Store, args: argparse.Namespace) -> list[str]:
    """The paths of the files written."""
    from kzgraph.export.style import read

    suffix = args.output.rsplit(".", 1)[-1].lower() if "." in args.output else ""
    if suffix == "html":
        from kzgraph.export.page import write as write_page

        write_page(graph, store, args.output, style=read(args.style))
    elif suffix in ("svg", "png", "pdf"):
        from kzgraph.export.picture import write as write_picture

        write_picture(graph, args.output, style=read(args.style))
    else:
        from kzgraph.export.exchange import write as write_graph

        return write_graph(graph, args.output, store)
    return [args.output]
