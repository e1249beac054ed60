"""Figures as parts of a page: SVG that says what it shows, and whose names meet no other figure's."""

from __future__ import annotations

import html
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.keeping.folder import FIGURES
from sim.report.messages import Messages

if TYPE_CHECKING:
    import pandas as pd

    from sim.report.evidence import Evidence

PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
OWN_TITLE = re.compile(r"(<svg[^>]*>)\s*<title>.*?</title>", re.DOTALL)
"""Of the whole figure; those of its parts say what hovering tells."""
LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", re.DOTALL)
SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')
NAMESPACES = re.compile(r'\sxmlns(?::\w+)?="[^"]*"')
LONG = re.compile(r"(?<![\w#.])(-?[1-9]\d*\.\d)\d+")
"""Coordinates finer than a tenth of a point, which nobody sees. Scales of letters are below 1 and stay."""
VIEW = re.compile(r'\bid="[^"]*-view-([a-z]+)"')
STYLE = re.compile(r'\bstyle="([^"]*)"')
OFTEN = 8
"""Elements that share a style from which on it is a class."""
NEWLINES = re.compile(r"\s*\n\s*")
NOTE = re.compile(r"<dc:description>(.*?)</dc:description>", re.DOTALL)
BODY = re.compile(r'<g id="body">\s*<path d="([^"]*)"')
VIEW_BOX = re.compile(r'viewBox="([^"]*)"')
COORDINATE = re.compile(r"-?[\d.]+")
SCREEN_PIXELS = 1.4
"""Of a point of a figure where there is room: letters of all figures have the same size."""
NAME = re.compile(r' ?\bid="([^"]*)"')
USED = re.compile(r'(?:href="#|url\(#)([^")]+)')
LASTING = re.compile(r"(view|area|site|panel|left|below)-|(head|note|key|legend)$")
"""Names that the page's style and script know; all others serve their figure alone."""
STEP = re.compile(r" ?([MLCQz]) ?(?=[-\d\"]|[MLCQz])")
"""A step of a path, which needs no space around it."""
PATH = re.compile(r'\bd="[^"]*"')
PLACED = re.compile(r'\b(?:d|x|y|transform)="[^"]*"')
"""Where coordinates stand, and nothing that is read."""


@dataclass(frozen=True)
class Picture:
    """A figure of a page."""

    name: str
    title: str
    alt: str
    svg: str
    note: str = ""
    """Its small print, which the page writes as its caption."""
    views: tuple[str, ...] = ()
    """Panels that can be shown alone, where there are several."""


def written_pictures(evidence: Evidence, folder: Path, language: str) -> dict[str, Picture]:
    """The figures of a folder of results by name, in the language in which they were written."""
    return _inlined(evidence, sorted((folder / FIGURES).glob("*.svg")), language)


def drawn_pictures(evidence: Evidence, tables: Mapping[str, pd.DataFrame], language: str) -> dict[str, Picture]:
    """The figures of another language by name, drawn for the page alone."""
    from sim.report.figures import draw_figures

    with tempfile.TemporaryDirectory(prefix="figures-") as place:
        return _inlined(evidence, draw_figures(Path(place), evidence, language, ("svg",), tables), language)


def _inlined(evidence: Evidence, paths: list[Path], language: str) -> dict[str, Picture]:
    messages = Messages(language)
    titles = evidence.titles(messages)
    names = {"baseline": titles[0], "main": titles[-1]}
    made = {}
    for number, path in enumerate(paths):
        title = messages.text_or(f"figure.{path.stem}.title", path.stem).format(**names)
        # What figures show is told of two scenarios; where there is one, of it alone.
        alone = f"{title}: {titles[0]}"
        alt = messages.text_or(f"page.figure.{path.stem}", title).format(**names) if len(titles) > 1 else alone
        text = path.read_text(encoding="utf-8")
        note = NOTE.search(text)
        svg = inline(text, f"{language}-{path.stem}", f"{language}{number}-", alt)
        views = tuple(VIEW.findall(svg))
        small_print = html.unescape(note.group(1)) if note else ""
        made[path.stem] = Picture(path.stem, title, alt, svg, small_print, views if len(views) > 1 else ())
    return made


def inline(svg: str, prefix: str, brief: str, alt: str) -> str:
    """An SVG file as an element of a page.

    Args:
        svg: What matplotlib wrote.
        prefix: Put before each name in it that lasts, since a page has one space of names.
        brief: Put before the numbers that take the place of all other names.
        alt: What it shows, for those who do not see it.
    """
    from markupsafe import escape

    text = LEFT_OUT.sub("", OWN_TITLE.sub(r"\1", PROLOGUE.sub("", svg), count=1))
    text, width = _cropped(SIZE.sub(r"\1", text))
    text = NAMESPACES.sub("", text).replace("xlink:href", "href")
    text = _renamed(text, prefix, brief)
    text = NEWLINES.sub(" ", PLACED.sub(lambda placed: LONG.sub(r"\1", placed.group()), text))
    text = PATH.sub(lambda path: STEP.sub(r"\1", path.group()), text)
    text = _classed(text, brief)
    size = f' style="max-width: {SCREEN_PIXELS * width:.0f}px"' if width else ""
    return text.replace("<svg", f'<svg class="figure"{size} role="img" aria-label="{escape(alt)}"', 1)


def _cropped(svg: str) -> tuple[str, float]:
    """A figure without its title and small print, which the page writes itself, and its width in points."""
    body, view = BODY.search(svg), VIEW_BOX.search(svg)
    if body is None or view is None:
        return svg, 0.0
    ends = [float(text) for text in COORDINATE.findall(body.group(1))]
    left, top, right, bottom = min(ends[::2]), min(ends[1::2]), max(ends[::2]), max(ends[1::2])
    whole = [float(text) for text in view.group(1).split()]
    left, top, right, bottom = max(left, 0.0), max(top, 0.0), min(right, whole[2]), min(bottom, whole[3])
    box = f'viewBox="{left:.1f} {top:.1f} {right - left:.1f} {bottom - top:.1f}"'
    return VIEW_BOX.sub(box, svg, count=1), right - left


def _renamed(svg: str, prefix: str, brief: str) -> str:
    """Names that last with the prefix, those that are used as numbers, and no others."""
    names = dict.fromkeys(USED.findall(svg))
    new = {name: f"{brief}{number}" for number, name in enumerate(names)}

    def named(found: re.Match[str]) -> str:
        name = found.group(1)
        if LASTING.match(name):
            return f' id="{prefix}-{name}"'
        return f' id="{new[name]}"' if name in new else ""

    text = NAME.sub(named, svg)
    return USED.sub(lambda found: found.group().removesuffix(found.group(1)) + new[found.group(1)], text)


def _classed(svg: str, brief: str) -> str:
    """Styles that stand at many elements as classes, told once."""
    often = [style for style, count in Counter(STYLE.findall(svg)).items() if count >= OFTEN]
    name = {style: f"{brief}s{number}" for number, style in enumerate(often)}
    rules = "".join(f".{name[style]}{{{style}}}" for style in often)

    def classed(found: re.Match[str]) -> str:
        style = found.group(1)
        return f'class="{name[style]}"' if style in name else found.group()

    text = STYLE.sub(classed, svg)
    return re.sub(r"(<svg[^>]*>)", rf"\1<style>{rules}</style>", text, count=1) if rules else text
