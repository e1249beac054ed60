"""What is wrong with a text that is no YAML, in the words of those who write it and not of those who parse it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ruamel.yaml.error import MarkedYAMLError

_FAULTS = (
    ("mapping values are not allowed", "a second colon on the line, or a line above that should end in one; {quote}"),
    ("could not find expected ':'", "a line without a colon among keys; {quote}"),
    (r"found character '\\t'", "a tab, where lines are set in with spaces"),
    ("found character", "the character {found}, which no value begins with; {quote}"),
    ("found unexpected end of stream", "a quote that is not closed{since}"),
    (r"expected ',' or '[\]}]'", "a bracket that is not closed, or a comma that is missing{since}"),
    ("did not find expected ',' or", "a bracket that is not closed, or a comma that is missing{since}"),
    ("expected <block end>", "a line that is not set in as far as those beside it, or a key without its colon"),
    ("did not find expected key", "a line that is not set in as far as those beside it, or a key without its colon"),
    ("sequence entries are not allowed", "a list that begins on the line of its key; it begins on the next one"),
    ("found undefined alias", "an alias (*) whose anchor (&) does not come before it"),
    ("found duplicate anchor", "an anchor (&) that stands twice"),
    ("found unknown escape", "a backslash in double quotes; single quotes take it as it is"),
    ("expected the node content", "a value that begins with a sign of YAML's own; {quote}"),
    ("but found another document", "a second document, begun by ---; a file holds one"),
)
"""What the parser says, and what is most likely meant."""
_QUOTE = "put texts with such signs in quotes"


def in_plain_words(error: MarkedYAMLError, *, json: bool = False) -> tuple[str, int | None]:
    """What is wrong, to stand behind "is not", and the line; the parser's own words where no plainer ones are known.

    Args:
        error: as the parser raises it.
        json: whether the text is JSON, which is YAML too and better named by its own name.
    """
    mark, begun = error.problem_mark or error.context_mark, error.context_mark
    line = mark.line + 1 if mark is not None else None
    since = f", from line {begun.line + 1} on" if begun and mark and begun.line != mark.line else ""
    said = ", ".join(str(part).strip() for part in (error.context, error.problem) if part)
    name = "JSON (nor YAML)" if json else "YAML"
    for pattern, words in _FAULTS:
        if re.search(pattern, said):
            found = re.search(r"found character ('.+?')", said)
            told = words.format(since=since, quote=_QUOTE, found=found[1] if found else "")
            return f"{name}: there is {told}", line
    return f"{name}: {said}{since}", line


def looks_like_a_table(text: str) -> bool:
    """Whether the first two lines have as many commas, semicolons or tabs each, and at least two."""
    first, second = (*text.splitlines()[:2], "", "")[:2]
    return any(first.count(mark) == second.count(mark) >= 2 for mark in ",;\t")
