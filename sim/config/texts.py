"""Lines for people, in the languages of reports."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field

from sim.config.rejection import rejection, said

Language = Literal["en", "id"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def _by_language(title: object) -> object:
    if isinstance(title, str) and title:
        return dict.fromkeys(LANGUAGES, title)
    allowed = f"a text, or one for each of {', '.join(LANGUAGES)}"
    if not isinstance(title, dict):
        raise rejection(f"found {said(title)}", allowed=allowed)
    missing = [language for language in LANGUAGES if language not in title]
    if missing:
        raise rejection(f"lacks the text in {', '.join(missing)}", allowed=allowed)
    return title


def by_language(text: object) -> dict[Language, str] | None:
    """The texts of a line by language, from one text for all or one for each; None where it is neither."""
    texts = dict.fromkeys(LANGUAGES, text) if isinstance(text, str) else text
    if not isinstance(texts, dict) or set(texts) != set(LANGUAGES):
        return None
    if not all(isinstance(one, str) and one.strip() for one in texts.values()):
        return None
    return {language: str(texts[language]) for language in LANGUAGES}


Text = Annotated[str, Field(min_length=1)]
Title = Annotated[
    dict[Language, Text],
    BeforeValidator(_by_language, json_schema_input_type=Text | dict[Language, Text]),
]
"""A line for people by language; one text in a file stands for every language."""
