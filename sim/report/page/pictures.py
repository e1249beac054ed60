"""Figures as parts of a page: SVG that says what it shows, and whose names meet no other figure's."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.config.texts import LANGUAGES
from sim.experiment.folder import FIGURES
from sim.report.messages import Messages
from sim.report.told import ACCESS

if TYPE_CHECKING:
    from sim.report.told import Told

PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
OWN_TITLE = re.compile(r"(<svg[^>]*>)\s*<title>.*?</title>", re.DOTALL)
"""Of the whole figure; those of its parts say what hovering tells."""
LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
NAMESPACES = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')
LONG = re.compile(r"(?<![\w#.])(-?[1-9]\d*\.\d{2})\d+")
"""Coordinates finer than a hundredth of a point, which nobody sees. Scales of letters are below 1 and stay."""
VIEW = re.compile(r'\bid="[^"]*-view-([a-z]+)"')
STYLE = re.compile(r'\bstyle="([^"]*)"')
OFTEN = 8
"""Elements that share a style from which on it is a class."""
NEWLINES = re.compile(r"\s*\n\s*")


@dataclass(frozen=True)
class Picture:
    """A figure of a page."""

    name: str
    title: str
    alt: str
    svg: str
    views: tuple[str, ...] = ()
    """Panels that can be shown alone, where there are several."""


def pictures(told: Told, folder: Path, written_in: str) -> dict[str, dict[str, Picture]]:
    """The figures of a folder of results by language and name.

    Those of the language in which they were written are taken as they are; those of the other languages are drawn.
    """
    from sim.report.figures import draw_figures, draw_sensitivity_figure

    found: dict[str, dict[str, Picture]] = {}
    evidence, study = told.evidence, told.study
    for language in LANGUAGES:
        if language == written_in:
            paths = sorted((folder / FIGURES).glob("*.svg"))
            found[language] = _inlined(told, paths, language)
            continue
        with tempfile.TemporaryDirectory(prefix="figures-") as place:
            paths = draw_figures(Path(place), evidence, language, ("svg",), told.tables.get(ACCESS))
            if study is not None:
                paths += draw_sensitivity_figure(Path(place), study, language, ("svg",))
            found[language] = _inlined(told, paths, language)
    return found


def _inlined(told: Told, paths: list[Path], language: str) -> dict[str, Picture]:
    messages, evidence = Messages(language), told.evidence
    titles = evidence.titles(messages)
    names = {"baseline": titles[0], "main": titles[-1]}
    made = {}
    for path in paths:
        title = messages.text_or(f"figure.{path.stem}.title", path.stem).format(**names)
        alt = messages.text_or(f"page.figure.{path.stem}", title).format(**names)
        svg = inline(path.read_text(encoding="utf-8"), f"{language}-{path.stem}", alt)
        views = tuple(VIEW.findall(svg))
        made[path.stem] = Picture(path.stem, title, alt, svg, views if len(views) > 1 else ())
    return made


def inline(svg: str, prefix: str, alt: str) -> str:
    """An SVG file as an element of a page.

    Args:
        svg: What matplotlib wrote.
        prefix: Put before each name in it, since a page has one space of names.
        alt: What it shows, for those who do not see it.
    """
    from markupsafe import escape

    text = LEFT_OUT.sub("", OWN_TITLE.sub(r"\1", PROLOGUE.sub("", svg), count=1))
    text = SIZE.sub(r"\1", text)
    text = NAMESPACES.sub("", text).replace("xlink:href", "href")
    text = re.sub(r'\bid="', f'id="{prefix}-', text)
    text = re.sub(r'href="#', f'href="#{prefix}-', text)
    text = text.replace("url(#", f"url(#{prefix}-")
    text = NEWLINES.sub(" ", LONG.sub(r"\1", text))
    text = _classed(text, prefix)
    return text.replace("<svg", f'<svg class="figure" role="img" aria-label="{escape(alt)}"', 1)


def _classed(svg: str, prefix: str) -> str:
    """Styles that stand at many elements as classes, told once."""
    often = [style for style, count in Counter(STYLE.findall(svg)).items() if count >= OFTEN]
    name = {style: f"{prefix}-s{number}" for number, style in enumerate(often)}
    rules = "".join(f".{name[style]}{{{style}}}" for style in often)

    def classed(found: re.Match[str]) -> str:
        style = found.group(1)
        return f'class="{name[style]}"' if style in name else found.group()

    text = STYLE.sub(classed, svg)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{rules}</style>", text, count=1) if rules else text
