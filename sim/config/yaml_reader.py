"""YAML text to nodes: plain data only, every key once, every place remembered, every fault reported."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.config.csv_reader import undecodable
from sim.config.key_paths import Parts, format_path
from sim.config.nodes import BASES, Annotation, Node, Source
from sim.config.ranges import ENDS, HANDLES, Range
from sim.config.rejection import nearest_name, said
from sim.config.texts import LANGUAGES, Language, by_language
from sim.config.yaml_faults import in_plain_words, looks_like_a_table
from sim.errors import ConfigError, Problem

_STANDARD = "tag:yaml.org,2002:"
_SCALARS = {"null", "bool", "int", "float", "str", "timestamp"}
_ANNOTATION_KEYS = ("value", "range", "basis", "source", "note")
_NOT_A_NUMBER = {"nan", "inf", "+inf", "-inf", "infinity", "-infinity"}
_TABLES = (".csv", ".tsv")
_MOST_NODES = 200_000
"""More than any configuration needs; stops a few lines of aliases that unfold into gigabytes."""


def read_yaml(path: Path, origin: Source) -> tuple[Node, list[Problem]]:
    """Return the data of a file and the faults in it that leave the rest readable.

    Raises:
        ConfigError: The file is missing, is not text, is not YAML, or is not a map.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        line, what = undecodable(path)
        if b"\0" in path.read_bytes() and "UTF-16" not in what:
            line, what = None, "is no text at all (a picture, a program, a workbook?)"
        raise ConfigError(Problem(what, origin.shown, line, allowed="a configuration: YAML, plain text")) from None
    except FileNotFoundError:
        raise ConfigError(Problem("there is no such file", file=origin.shown, nearest=nearest_file(path))) from None
    except OSError as error:
        what = "is a folder" if path.is_dir() else f"cannot be read: {error.strerror}"
        raise ConfigError(Problem(what, file=origin.shown, allowed="a YAML file")) from None
    if "\0" in text:
        what = "is no text at all (a picture, a program, a workbook?)"
        raise ConfigError(Problem(what, origin.shown, allowed="a configuration: YAML, plain text"))
    try:
        node, problems = parse_yaml(text, origin)
    except ConfigError as error:
        if path.suffix.lower() not in _TABLES:
            raise
        allowed = "a configuration in YAML, which names its tables under `data:` or `targets:`"
        raise ConfigError(Problem("is a table, and not a configuration", origin.shown, allowed=allowed)) from error
    if not isinstance(node.content, dict):
        found = "the file is empty" if node.content is None else f"the file holds {said(node.plain())}"
        allowed = "a configuration in YAML: keys, each with a colon and its value"
        if path.suffix.lower() in _TABLES or looks_like_a_table(text):
            found = "is a table, and not a configuration"
            allowed += "; a table is named in one, under `data:` or `targets:`"
        raise ConfigError([*problems, Problem(found, file=origin.shown, line=node.line, allowed=allowed)])
    return node, problems


KINDS = ((".yaml", ".yml"), (".csv", ".tsv", ".txt", ".xlsx", ".xls"), (".py",))
"""Endings that are taken for one another."""


def nearest_file(path: Path) -> str:
    """Return the name in the same folder that is most like a missing file's name, with an ending of its kind."""
    kind = next((endings for endings in KINDS if path.suffix.lower() in endings), None)
    try:
        entries = sorted(path.parent.iterdir(), key=lambda entry: (entry.suffix == path.suffix, entry.name))
    except OSError:
        return ""
    alike = [entry for entry in entries if entry.suffix and (kind is None or entry.suffix.lower() in kind)]
    by_stem = {entry.stem: entry.name for entry in alike}
    return by_stem.get(nearest_name(path.stem, by_stem), "")


def parse_yaml(text: str, origin: Source, line: int = 0) -> tuple[Node, list[Problem]]:
    """Return the data of a YAML text; ``line`` stands for every line where the text is no file.

    Raises:
        ConfigError: The text is not YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        root = yaml.compose(text)
    except MarkedYAMLError as error:
        what, at = in_plain_words(error, json=text.lstrip().startswith('{"'))
        raise ConfigError(Problem(f"is not {what}", file=origin.shown, line=at)) from None
    except YAMLError as error:
        at = getattr(error, "position", 0)
        what = (
            f"is not YAML: it holds the character {text[at : at + 1]!r}, which no text has"
            if text
            else str(error).splitlines()[0]
        )
        line = text.count("\n", 0, at) + 1
        raise ConfigError(Problem(what, origin.shown, line, allowed="a configuration: YAML, plain text")) from None
    except RecursionError:
        raise ConfigError(Problem("is nested too deeply", file=origin.shown)) from None
    if root is None:
        return Node(None, origin, 1), []
    builder = _Builder(origin, yaml.constructor)
    return builder.build(root, (), line or 1), builder.problems


@dataclass
class _Builder:
    origin: Source
    constructor: Any
    problems: list[Problem] = field(default_factory=list)
    built: int = 0
    open_nodes: set[int] = field(default_factory=set)

    def report(self, what: str, line: int, parts: Parts, allowed: str = "", nearest: str = "") -> None:
        self.problems.append(
            Problem(what, self.origin.shown, line, format_path(parts), allowed=allowed, nearest=nearest)
        )

    def build(self, node: Any, parts: Parts, line: int) -> Node:
        self.built += 1
        if self.built > _MOST_NODES:
            raise ConfigError(Problem("its aliases unfold into too much", file=self.origin.shown, line=line))
        if id(node) in self.open_nodes:
            self.report("an alias that holds itself", line, parts)
            return Node(None, self.origin, line)
        tag = str(node.tag)
        kind = tag.removeprefix(_STANDARD)
        if not tag.startswith(_STANDARD) or kind not in _SCALARS | {"map", "seq", "merge"}:
            written = f"!!{kind}" if tag.startswith(_STANDARD) else tag
            self.report(f"the tag {written} is refused", line, parts, "plain YAML without tags: a file never runs code")
            return Node(None, self.origin, line)
        self.open_nodes.add(id(node))
        try:
            if kind == "map":
                return self.build_map(node, parts, line)
            if kind == "seq":
                items = [
                    self.build(item, (*parts, place), item.start_mark.line + 1) for place, item in enumerate(node.value)
                ]
                return Node(items, self.origin, line)
            return Node(self.scalar(node, kind, parts, line), self.origin, line)
        finally:
            self.open_nodes.discard(id(node))

    def scalar(self, node: Any, kind: str, parts: Parts, line: int) -> Any:
        text = str(node.value)
        if kind in ("str", "timestamp", "merge"):
            if kind == "str" and node.style is None and text.lower() in _NOT_A_NUMBER:
                self.report(f"{text} is not a number", line, parts, "a finite number")
                return None
            return text
        try:
            value = getattr(self.constructor, f"construct_yaml_{kind}")(node)
        except (ValueError, KeyError):
            self.report(f"{said(text)} cannot be read as {kind}", line, parts)
            return None
        if isinstance(value, float) and not math.isfinite(value):
            self.report(f"{text} is not a finite number", line, parts, "a finite number")
            return None
        return float(value) if kind == "float" else value

    def key(self, node: Any, parts: Parts) -> str | None:
        line = node.start_mark.line + 1
        kind = str(node.tag).removeprefix(_STANDARD)
        if kind == "merge":
            self.report("the merge key << is refused", line, parts, "extends: FILE, to inherit")
            return None
        if kind not in _SCALARS - {"null"} or not isinstance(node.value, str):
            self.report("a key that is not a name or number", line, parts, "a name, such as ukk_oku")
            return None
        return str(self.scalar(node, kind, parts, line)) if kind == "int" else str(node.value)

    def build_map(self, node: Any, parts: Parts, line: int) -> Node:
        content: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            key = self.key(key_node, parts)
            if key is None:
                continue
            if node.flow_style and key[:1].isdigit() and str(value_node.tag) == f"{_STANDARD}null":
                what = f"a comma in braces ends a value, so that {str(key_node.value)!r} became a key"
                self.report(what, key_line, parts, "a point before decimals, as 12.5, and no comma between thousands")
                continue
            if key in content:
                first = content[key].line
                self.report(f"the key stands twice, first on line {first}", key_line, (*parts, key), "each key once")
                continue
            content[key] = self.build(value_node, (*parts, key), key_line)
        made = Node(content, self.origin, line)
        if "value" in content:
            return self.annotated(made, parts)
        if "basis" in content or "range" in content:
            near = nearest_name("value", (key for key in content if key not in _ANNOTATION_KEYS))
            found = f" (it has {near!r})" if near else ""
            allowed = "{value: ..., range: [...], basis: ..., source: ...}"
            self.report(f"the key 'value' is missing{found}", line, parts, allowed)
        return made

    def annotated(self, node: Node, parts: Parts) -> Node:
        content: dict[str, Node] = node.content
        value = content["value"]
        for key, child in content.items():
            if key not in _ANNOTATION_KEYS:
                near = nearest_name(key, _ANNOTATION_KEYS)
                self.report("unknown key", child.line, (*parts, key), ", ".join(_ANNOTATION_KEYS), near)
        if value.annotation is not None:
            self.report("a value inside a value", value.line, parts, "one {value: ...}")
        notes: dict[str, dict[Language, str] | None] = {}
        for key in ("source", "note"):
            text = content[key].plain() if key in content else None
            notes[key] = by_language(text)
            if text is not None and notes[key] is None:
                allowed = f"a text in quotes, or one for each of {', '.join(LANGUAGES)}"
                self.report(f"{said(text)} is not a text", content[key].line, (*parts, key), allowed)
        basis, ends = self.basis(content, parts), self.range(content, parts)
        annotation = Annotation(basis, ends, notes["source"], notes["note"], self.origin, node.line)
        return Node(value.content, self.origin, value.line, annotation)

    def basis(self, content: dict[str, Node], parts: Parts) -> str:
        if "basis" not in content:
            return "assumption"
        basis = content["basis"].plain()
        if basis not in BASES:
            near, line = nearest_name(str(basis), BASES), content["basis"].line
            self.report(f"{said(basis)} is not a basis", line, (*parts, "basis"), ", ".join(BASES), near)
            return "assumption"
        return str(basis)

    def range(self, content: dict[str, Node], parts: Parts) -> Range | None:
        if "range" not in content:
            return None
        ends, handle, line = content["range"].plain(), ENDS, content["range"].line
        if isinstance(ends, dict) and len(ends) == 1:
            handle, ends = next(iter(ends.items()))
            if handle not in HANDLES:
                near = nearest_name(handle, HANDLES)
                allowed = f"[lowest, highest], or one of {', '.join(HANDLES)} with both"
                self.report(f"{said(handle)} is not a handle of a range", line, (*parts, "range"), allowed, near)
                return None
        if not isinstance(ends, list) or len(ends) != 2:
            allowed = "[lowest, highest], such as [6, 11], or {factor: [0.7, 1.4]}"
            self.report(f"{said(ends)} is not a range", line, (*parts, "range"), allowed)
            return None
        return Range(ends[0], ends[1], handle)
