"""Where each key and element of a TOML document stands, in lines. `tomllib` parses but keeps no positions (nor does any
well-kept Python library), and a fault in an edition folder without its line is half a message.

The scanner reads documents that `tomllib` has already accepted: it looks for structure only and validates nothing.
"""

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]
"""Keys and list indices from the root, e.g. `("category", 2, "name", "en")`."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")  # numbers, booleans, times: no separator occurs in them
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")


class Lines:
    """The line (from 1) of every key path of a document."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines

    def at(self, path: Path) -> int:
        """The line of `path`, or of the nearest part around it where the path does not exist (a missing key)."""
        for length in range(len(path), 0, -1):
            if line := self._lines.get(path[:length]):
                return line
        return 1

    def paths(self) -> set[Path]:
        """Every path that has a line of its own."""
        return set(self._lines)


def lines_of(document: str) -> Lines:
    """The lines of a document that `tomllib.loads` accepts; what it makes of any other document is not defined."""
    return Lines(_Scanner(document).document())


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n")
        self.at = 0
        self.starts = [m.end() for m in re.finditer(r"\n", self.text)]
        self.lines: dict[Path, int] = {}
        self.last_index: dict[Path, int] = {}  # of arrays of tables, the element that headers now refer to

    def document(self) -> dict[Path, int]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                table = self.header(2)
            elif self.text[self.at] == "[":
                table = self.header(1)
            else:
                self.pair(table)
            self.skip(_BLANK)
        return self.lines

    def header(self, brackets: int) -> Path:
        """`[a.b]` or `[[a.b]]`: the path that the pairs after it belong to."""
        line = self.line()
        self.at += brackets
        *above, name = self.keys()
        self.at += brackets
        path: Path = ()
        for key in above:
            path = self.into((*path, key), line)
        path = (*path, name)
        if brackets == 1:
            return self.into(path, line)
        self.note(path, line)
        self.last_index[path] = self.last_index.get(path, -1) + 1
        element = (*path, self.last_index[path])
        self.note(element, line)
        return element

    def into(self, path: Path, line: int) -> Path:
        self.note(path, line)
        return (*path, self.last_index[path]) if path in self.last_index else path

    def pair(self, table: Path) -> None:
        line = self.line()
        path = table
        for key in self.keys():
            path = (*path, key)
            self.note(path, line)
        self.at += 1  # the equals sign
        self.skip(_SPACES)
        self.value(path)

    def keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip(_SPACES)
            if self.text[self.at] in "\"'":
                quoted = self.take(_STRING)
                keys.append(str(tomllib.loads(f"key = {quoted}")["key"]))
            else:
                keys.append(self.take(_BARE_KEY))
            self.skip(_SPACES)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def value(self, path: Path) -> None:
        match self.text[self.at]:
            case "[":
                self.at += 1
                index = 0
                while not self.closes("]"):
                    self.note((*path, index), self.line())
                    self.value((*path, index))
                    index += 1
            case "{":
                self.at += 1
                while not self.closes("}"):
                    self.pair(path)
            case '"' | "'":
                self.take(_STRING)
            case _:
                self.take(_SCALAR)

    def closes(self, bracket: str) -> bool:
        """Steps over blanks and one comma; true past the closing bracket."""
        self.skip(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self.skip(_BLANK)
        if self.text[self.at] != bracket:
            return False
        self.at += 1
        return True

    def note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def line(self) -> int:
        return bisect_right(self.starts, self.at) + 1

    def skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"line {self.line()}: not a TOML document that tomllib accepts")
        self.at = match.end()
        return match.group()
