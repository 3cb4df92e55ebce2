"""The commands that keep the data: check, fmt, verify."""

import argparse

from kzgraph.cli import streams
from kzgraph.rooms import Rooms


def checked(rooms: Rooms, args: argparse.Namespace) -> int:
    """Faults of the data, or of files laid over them; 1 if there are violations."""
    from kzgraph import checks, reports
    from kzgraph.store import Store

    laid, names = checks.overlaid(rooms, args.paths)
    streams.busy("checking")
    store = Store(laid)
    within = names if args.paths else None
    if args.privacy:
        rows = [row for row in checks.findings(store, within=within) if row["rule"].startswith("privacy-")] + checks.jigsaw(store)
    else:
        rows = checks.findings(store, within=within)
    streams.write(reports.write(rows, args.format, args.lang), args.output)
    wrong = sum(row["severity"] == "violation" for row in rows)
    files = len(names) if args.paths else len(laid.turtle)
    streams.say(f"{files} files checked, {wrong} violations, {len(rows) - wrong} other findings")
    return 1 if wrong else 0


def formed(rooms: Rooms, args: argparse.Namespace) -> int:
    """Data files in canonical form; with ``--check`` 1 if one is not."""
    from kzgraph.checks import turtle_files
    from kzgraph.form import formatted

    files = turtle_files(args.paths or [rooms.data])
    changed = formatted(files, write=not args.check)
    streams.write("".join(f"{file}\n" for file in changed), None)
    streams.say(f"{len(files)} files, {len(changed)} " + ("not in canonical form; 'kzgraph fmt' mends them" if args.check else "brought into canonical form"))
    return 1 if args.check and changed else 0


def verified(rooms: Rooms, args: argparse.Namespace) -> int:
    """Every citation against the documents; 1 if one is not found, or a sentence of ours stands in a document."""
    from kzgraph.questions import answer
    from kzgraph.store import Store
    from kzgraph.verify import VERDICTS, borrowed, verify

    streams.busy("holding citations against the documents")
    store = Store(rooms)
    table = verify(store, args.folder)
    copied = borrowed(store, args.folder)
    streams.write(table.write(streams.form(args)), args.output)
    counts = {verdict: sum(row[0] == verdict for row in table.rows) for verdict in VERDICTS}
    streams.say(f"{len(table)} citations checked: " + ", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    streams.say(f"{len(answer(store, 'citations-without-digest'))} citations of other texts carry no digest and cannot be held against documents")
    for thing, term, words in copied.rows:
        streams.say(f"{thing} {term}: eight words in a row are a document's, not ours ({words}); write it anew")
    streams.say(f"own words: {len(copied)} of our sentences stand in a document")
    return 1 if copied.rows or counts["not found"] or counts["document missing"] else 0
