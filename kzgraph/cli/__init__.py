"""The command: reads the arguments and the clock, asks the graph, writes the answer.

Data goes to stdout, talk to stderr. Ends with 0 answered, 1 findings, 2 wrong use or unreadable input, 3 a fault of the program,
4 a query out of time, 130 stopped by the user.
"""

import os
import sys

from kzgraph.errors import KzError, one_line

# the command → the module and function that answer it, and whether it takes the loaded graph or the rooms alone
_HANDLERS = {
    "gaps": ("answers", "tabled", True),
    "matrix": ("answers", "tabled", True),
    "list": ("answers", "listed", True),
    "ask": ("answers", "asked", True),
    "show": ("answers", "shown", True),
    "explain": ("answers", "explained", True),
    "whatif": ("drafts", "drafted", True),
    "diff": ("drafts", "compared", True),
    "export": ("exports", "booked", False),
    "view": ("exports", "viewed", False),
    "figure": ("exports", "figured", False),
    "report": ("exports", "reported", False),
    "sparql": ("answers", "queried", False),
    "check": ("keeping", "checked", False),
    "fmt": ("keeping", "formed", False),
    "verify": ("keeping", "verified", False),
}


def main(argv: "list[str] | None" = None) -> int:
    """Run one command; returns its exit code."""
    from importlib import import_module

    from kzgraph.cli.parser import of_question, parser
    from kzgraph.cli.streams import say

    args = parser().parse_args(argv)
    try:
        from kzgraph.rooms import open_rooms

        rooms = open_rooms(args.root, args.data, args.restricted)
        if args.command == "ask" and args.question:
            from kzgraph.questions import question

            of_question(question(rooms, args.question)).parse_args(args.rest, namespace=args)
        module, name, loaded = _HANDLERS[args.command]
        handler = getattr(import_module(f"kzgraph.cli.{module}"), name)
        if not loaded:
            return handler(rooms, args)
        from kzgraph.store import Store

        return handler(Store(rooms, restricted=args.show_restricted), args)
    except KzError as error:
        say(one_line(error))
        return error.exit_code
    except KeyboardInterrupt:
        say("stopped")
        return 130
    except Exception as error:  # the last guard: whatever nobody thought of is told in one line too
        if os.environ.get("KZGRAPH_TRACEBACK"):
            import traceback

            say(*traceback.format_exc().splitlines())
        what = f"{type(error).__name__}: {one_line(error)[:200]}"
        say(f"{args.command}: a fault of kzgraph, not of yours ({what}); please report it with the command; KZGRAPH_TRACEBACK=1 shows where it happened")
        return 3


def run() -> None:
    """The entry point: runs ``main`` and leaves without taking the store apart, which would only cost time."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # help and talk hold letters that no code page has
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 2
    except KeyboardInterrupt:  # before the command began
        code = 130
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            pass  # a reader that left has been told of where it could be
    if "kzgraph.export.picture" in sys.modules:  # what drew has files to take away
        sys.modules["kzgraph.export.picture"].tidy()
    os._exit(code)
