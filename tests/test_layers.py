"""Packages under ``sim`` stand on each other one way: who changes one need not think of those it stands on.

Every import counts, also one within a function or for the type checker alone, as each says that one package knows
another. The package ``sim`` itself is left out: it is the door for users, and hands on names of packages that it does
not import before they are asked for.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sim

ROOT = Path(sim.__file__).parent


def imported(file: Path) -> Iterator[str]:
    """What a file imports from under ``sim``, each as the name of a package or module directly there."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: a relative import, which this test does not follow"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            first, _, rest = name.partition(".")
            below = rest.partition(".")[0]
            if first == "sim" and ((ROOT / below).is_dir() or (ROOT / f"{below}.py").is_file()):
                yield below


def known() -> dict[str, dict[str, str]]:
    """By package or module directly under ``sim``: those that it imports, each with a file that does."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(ROOT.rglob("*.py")):
        inside = file.relative_to(ROOT)
        own = inside.parts[0].removesuffix(".py")
        if own != "__init__":
            others = found.setdefault(own, {})
            for name in imported(file):
                if name != own:
                    others.setdefault(name, inside.as_posix())
    return found


def circle(knows: Mapping[str, Iterable[str]]) -> list[str]:
    """Names of which each imports the next, the first again at the end; empty where there is no circle."""
    try:
        TopologicalSorter(knows).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def test_no_two_packages_import_each_other_directly_or_through_others() -> None:
    knows = known()
    assert {"config", "engines", "experiment", "report", "cli"} <= set(knows)
    found = circle(knows)
    where = [f"{name} -> {other} in sim/{knows[name][other]}" for name, other in itertools.pairwise(found)]
    assert not where, f"packages import each other in a circle: {', '.join(where)}"


def test_a_circle_is_named_in_the_order_of_its_imports() -> None:
    assert circle({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []
    found = circle({"z": ["a"], "a": ["b"], "b": ["c"], "c": ["a"]})
    assert found[0] == found[-1]
    assert set(itertools.pairwise(found)) == {("a", "b"), ("b", "c"), ("c", "a")}


def test_no_package_bears_a_public_name_which_it_would_hide_once_it_is_imported() -> None:
    assert not set(known()) & set(sim.__all__)
