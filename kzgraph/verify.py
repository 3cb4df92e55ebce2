"""Every citation held against the documents that a user has, without a sentence of them in the repository.

A citation knows where its passage stood (characters), how many words it has, and the digest of those words.
The way words are made is ``kz-norm-1``: layout, quotes, hyphenation, footnote marks and the mixture of Latin and
Cyrillic letters in one word do not change them; a digit or a word does.
"""

import hashlib
import os
import re
import unicodedata

from kzgraph.errors import BadFile
from kzgraph.questions import answer
from kzgraph.store import Store
from kzgraph.table import Table

VERDICTS = ("verified", "normalised match", "moved", "not found", "document missing")
_FOLD = str.maketrans("aceiopxyh", "асеіорхуһ")
_WORD = re.compile(r"\w+")
_RUN = 8  # eight words in a row are the author's, not ours


def words(text: str) -> list[str]:
    """The words of a passage after kz-norm-1."""
    return [word for word, _, _ in _placed(text)]


def digest(of: list[str]) -> str:
    """SHA-256 over the words joined by single spaces, as 64 hex digits."""
    return hashlib.sha256(" ".join(of).encode("utf-8")).hexdigest()


def _placed(text: str) -> list[tuple[str, int, int]]:
    """Each word after kz-norm-1 with the characters from which it came."""
    kept = [index for index, letter in enumerate(text) if unicodedata.category(letter) not in ("No", "Cf")]
    plain = "".join(text[index] for index in kept)
    plain = re.sub(r"(?<=\w)-[ \t]*\r?\n\s*(?=\w)", lambda match: "\0" * len(match[0]), plain)  # a word broken at a line end is one word
    found = []
    for match in re.finditer(r"[\w\0]+", plain):
        word = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", match[0].replace("\0", ""))).casefold()
        for part in _WORD.findall(word):
            folded = part.translate(_FOLD) if re.search("[а-яё]", part) else part
            found.append((folded, kept[match.start()], kept[match.end() - 1] + 1))
    return found


class _Documents:
    """The text files below a folder, read once; each is known by its path there, since two may have one name."""

    def __init__(self, folder: str) -> None:
        if not os.path.isdir(folder):
            raise BadFile(f"{folder}: no such folder; name the one that holds the documents")
        self.texts: dict[str, str] = {}
        self.digests: dict[str, str] = {}
        self.named: dict[str, list[str]] = {}
        self._placed: dict[str, list[tuple[str, int, int]]] = {}
        self._windows: dict[int, dict[str, tuple[str, int]]] = {}
        for top, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(top, name)
                place = os.path.relpath(path, folder).replace(os.sep, "/")
                try:
                    with open(path, "rb") as stream:
                        body = stream.read()
                    self.texts[place] = body.decode("utf-8")
                except (OSError, UnicodeDecodeError):
                    continue  # a picture or an archive holds no passage that could be read as text
                self.named.setdefault(name, []).append(place)
                self.digests[place] = hashlib.sha256(body).hexdigest()

    def placed(self, place: str) -> list[tuple[str, int, int]]:
        if place not in self._placed:
            self._placed[place] = _placed(self.texts[place])
        return self._placed[place]

    def find(self, wanted: str, count: int) -> "tuple[str, int] | None":
        """Where a passage of that many words and that digest stands: (file, first character), or None."""
        if count not in self._windows:  # every window of that length, digested once
            windows: dict[str, tuple[str, int]] = {}
            self._windows[count] = windows
            for place in self.texts:
                placed = self.placed(place)
                plain = [word for word, _, _ in placed]
                for first in range(len(placed) - count + 1):
                    windows.setdefault(digest(plain[first : first + count]), (place, placed[first][1]))
        return self._windows[count].get(wanted)


def verify(store: Store, folder: str) -> Table:
    """Every citation that carries a digest, one row each: verdict, citation, document, locator, where.

    ``verified``: the file is the one that was read, and the passage is at its place. ``normalised match``: another
    copy, the same words at the same place. ``moved``: the same words elsewhere; ``where`` says in which file and line.
    Raises BadFile where the folder is not there.
    """
    documents = _Documents(folder)
    rows = []
    for row in answer(store, "citations").records():
        rows.append([*_held(documents, row), row["citation"], row["document"], row["locator"]])
    columns = ("verdict", "where", "citation", "document", "locator")
    return Table(columns, rows, title=f"Citations held against {len(documents.texts)} files").sorted()


def _held(documents: _Documents, row: dict[str, str]) -> tuple[str, str]:
    wanted, count = row["sha256"], int(row["words"])
    places = documents.named.get(row["file"], [])
    held = [place for place in places if digest(words(documents.texts[place][int(row["start"]) : int(row["end"])])) == wanted]
    if held:
        return ("verified" if any(documents.digests[place] == row["file_sha256"] for place in held) else "normalised match"), ""
    found = documents.find(wanted, count)
    if found is not None:
        line = documents.texts[found[0]].count("\n", 0, found[1]) + 1
        return "moved", f"{found[0]}, line {line}"
    return ("not found", "") if places else ("document missing", row["file"])


def borrowed(store: Store, folder: str) -> Table:
    """Wording of ours that stands word for word in a document, eight words or more in a row: thing, property, words.

    Titles of documents and the wording of listed grounds are quotations by nature and are left out.
    """
    documents = _Documents(folder)
    runs = {tuple(word for word, _, _ in placed[first : first + _RUN])
            for placed in map(documents.placed, documents.texts) for first in range(len(placed) - _RUN + 1)}
    rows = []
    for row in answer(store, "own-words").records():
        ours = words(row["words"])
        for first in range(len(ours) - _RUN + 1):
            if tuple(ours[first : first + _RUN]) in runs:
                rows.append([row["thing"], row["property"], " ".join(ours[first : first + _RUN])])
                break
    return Table(("thing", "property", "words"), rows).sorted()
