"""The ways in which a request can fail. Each message is one line: where, what, and what to do."""


class KzError(Exception):
    """Anything a user can mend; the command prints it and ends with ``exit_code``."""

    exit_code = 2


class RoomMissing(KzError):
    """The folders ``ontology``, ``data`` and ``queries`` are not where they were looked for."""


class BadFile(KzError):
    """A file cannot be read, or is not the Turtle it should be; the message names file and line."""


class BadQuery(KzError):
    """A query does not parse, or its header and its columns differ."""


class UnknownName(KzError, LookupError):
    """No such reference, question or kind; the message offers the nearest ones."""


class BadValue(KzError, ValueError):
    """A value is not of the form that its parameter takes."""


class OutOfTime(KzError):
    """A query did not answer within its limit and was ended."""

    exit_code = 4


class MissingExtra(KzError):
    """What was asked for needs a package that is not part of the core and is not installed."""


EXTRAS = {"pictures": ("pygraphviz", "vl_convert"), "documents": ("docx", "typst", "xlsxwriter")}
_PACKAGES = {"vl_convert": "vl-convert-python", "docx": "python-docx"}


def needs(module: str):
    """The optional module, imported. Raises MissingExtra, with the command that installs it."""
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        top = module.partition(".")[0]
        package = _PACKAGES.get(top, top)
        extra = next((f"in a checkout run 'python3 start.py install {name}', elsewhere " for name, modules in EXTRAS.items() if top in modules), "run ")
        raise MissingExtra(f"{package}: not installed; {extra}'pip install {package}'") from None


def one_line(text: object) -> str:
    """The text with every run of white space, line ends included, made one space."""
    return " ".join(str(text).split())


def nearest(asked: str, known: "list[str]", count: int = 3) -> list[str]:
    """Up to ``count`` of ``known`` that look most like ``asked``, best first."""
    from difflib import get_close_matches

    found = get_close_matches(asked, known, n=count, cutoff=0.6)
    if len(found) < count:  # the last step of an address alone is what people remember
        tail = asked.rsplit("/", 1)[-1]
        found += [name for name in known if tail and name not in found and name.rsplit("/", 1)[-1] == tail]
    if not found:
        found = get_close_matches(asked, known, n=count, cutoff=0.3)
    return found[:count]
