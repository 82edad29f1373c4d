"""The lines around a place in a text: where they begin and end, and which comments belong to what stands there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lines:
    """A text and its line ends (`\\n`, or `\\r\\n` where the file has those)."""

    text: str

    @property
    def newline(self) -> str:
        place = self.text.find("\n")
        return "\r\n" if place > 0 and self.text[place - 1] == "\r" else "\n"

    def begin(self, at: int) -> int:
        """Where the line of `at` begins."""
        return self.text.rfind("\n", 0, at) + 1

    def end(self, at: int) -> int:
        """Where the line of `at` ends, before its line break."""
        stop = self.text.find("\n", at)
        stop = len(self.text) if stop < 0 else stop
        return stop - 1 if stop > at and self.text[stop - 1] == "\r" else stop

    def following(self, at: int) -> int:
        """Where the next line begins; the text's length when there is none."""
        stop = self.text.find("\n", at)
        return len(self.text) if stop < 0 else stop + 1

    def column(self, at: int) -> int:
        return at - self.begin(at)

    def number(self, at: int) -> int:
        """The line's number, from 1."""
        return self.text.count("\n", 0, at) + 1

    def alone(self, at: int) -> bool:
        """Nothing but spaces before it on its line."""
        return not self.text[self.begin(at) : at].strip()

    def lead(self, at: int) -> int:
        """Where the comment lines right above, in the same column, begin; `at` itself when there are none.

        Comments that reach up to the top of the file are the file's own heading.
        """
        if not self.alone(at):
            return at
        column, top = self.column(at), self.begin(at)
        while top > 0:
            above = self.begin(top - 1)
            line = self.text[above:top]
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) != column:
                break
            top = above
        return top + column if top > 0 else at

    def tail(self, at: int, column: int) -> int:
        """The end of the line of `at`, or of the comment lines right below it that are indented deeper than `column`."""
        stop = self.end(at)
        while True:
            below = self.following(stop)
            line = self.text[below : self.end(below)] if below < len(self.text) else ""
            if not line.lstrip(" ").startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
                return stop
            stop = self.end(below)
