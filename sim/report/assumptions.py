"""What was assumed, as a table in plain words: each value with its range, what it rests on, and who says so."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.report.messages import NO_VALUE
from sim.report.tables import Table

if TYPE_CHECKING:
    from sim.report.messages import Messages
    from sim.report.told import Told

RUPIAH = re.compile(r"(?<=Rp )-?[0-9]{1,3}(?:\.[0-9]{3})+")
"""An amount as configurations write it: a dot there is never before decimals."""
NUMBER = re.compile(r"(?<![\w.:/-])-?\d+(?:\.\d+)?(?![\w.:/-])")
"""A number in the text of a configuration; no part of a date, a time of day or a name."""
UNIT = re.compile(r"(?<=\d )(days?|h|min|km/h|km)\b")
DATE = re.compile(r"(?<![\w.:/-])\d{4}-\d{2}-\d{2}(?![\w.:/-])")
WORD = re.compile(r"(?<![\w.:/-])[a-z][a-z_]*(?![\w./-])")
ASSUMPTION = "assumption"
SHARED = "all"
"""Scenario of a value that all scenarios share."""
OPTIONAL = ("delivery", "progress_check")
"""Parts of collection that a scenario may be without."""
SAY_WHAT_IT_IS = ("name", "title", "language", "sources")
"""Keys that are no values of the model."""
NAMED = {"sites", "programmes", "segments", "months", "level", "speeds", "kind_constants", "channels", "outages"}
"""Keys of a configuration under which things stand by their names."""
AT_PLACES = {"counters", "quota", "team", "intake", "collection"}
"""Further such keys of sites and programmes; elsewhere they are something else."""
ABBREVIATED = 3
"""Letters of a word of an id that is taken for an abbreviation: UKK, OKU; Si of Si Bangkit is none."""
NAME_SITES = ("home", "parent", "sites")
"""Keys whose values are ids of sites."""
UNNAMED = {"sessions", "position"}
"""Keys under which parts stand whose names say nothing to a reader, where they stand by themselves."""


def assumptions_of(told: Told, messages: Messages, beside: bool = False) -> Table:
    """Values with their range, basis and source, what no source gives first.

    Args:
        told: what was run.
        messages: of the language.
        beside: those that the two scenarios compared make no use of, instead of those that they do.
    """
    rows = []
    frame = told.tables["assumptions.csv"]
    label = Labels(messages, names_in(told), with_several_rules(frame["path"]))
    for row in sorted(frame.to_dict("records"), key=lambda row: row["basis"] != ASSUMPTION):
        if in_use(told, row["scenario"], row["path"]) == beside or row["path"].split(".")[0] in SAY_WHAT_IT_IS:
            continue
        said = (row[f"{what}_{messages.language}"] for what in ("source", "note"))
        rows.append(
            (
                label(row["path"]),
                label.value(row["path"], row["value"]),
                _span(row, messages),
                messages.text_or(f"page.basis.{row['basis']}", row["basis"]),
                "; ".join(text for text in said if text) or NO_VALUE,
                scenario_title(told, row["scenario"], messages),
            )
        )
    keys = ("path", "value", "range", "basis", "source", "scenario")
    columns = tuple(messages.text(f"page.assumed.{key}") for key in keys)
    title = told.evidence.text("page.assumed.beside" if beside else "page.assumed.title", messages)
    return Table(title, columns, tuple(rows), sorts=(0, 3, 5))


class Labels:
    """What a value of a configuration is, in words; its path where nobody has worded it."""

    def __init__(
        self, messages: Messages, names: Mapping[str, str] | None = None, several: Collection[str] = ()
    ) -> None:
        """Make labels of one language.

        Args:
            messages: of the language.
            names: of sites and services by id; one that is not among them is told by its id.
            several: sites whose values are told with the name of their rule of sessions.
        """
        self._messages = messages
        self._names = names or {}
        self._several = several

    def __call__(self, path: str) -> str:
        parts = path.split(".")
        pattern, names = list(parts), []
        named = NAMED | AT_PLACES if parts[0] in ("sites", "programmes") else NAMED
        for place in range(1, len(parts)):
            above = parts[place - 1]
            if above in named and pattern[place - 1] != "*":
                pattern[place] = "*"
                names.append(self._named(above, parts[place]))
            elif above in UNNAMED and place >= 3 and pattern[place - 1] != "*":
                pattern[place] = "*"
            elif parts[place].isdecimal():
                pattern[place] = "*"
                names.append(parts[place])
        if _of_rule(parts) and parts[1] in self._several:
            names[0] += f" ({self._word(parts[3])})"
        text = self._longest(pattern, parts).format(*names) or path
        return text[:1].upper() + text[1:]

    def value(self, path: str, value: str) -> str:
        """What the value at a path is, in words: a site by its name, a kind by what it is called in tables."""
        key = path.rpartition(".")[2]
        if key == "name":
            return value
        if key == "kind":
            return self._messages.text_or(f"kind.{value}", value)
        if key in NAME_SITES and value not in ("", "null"):
            ids = json.loads(value) if value.startswith("[") else [value]
            return "; ".join(self._names.get(site) or _from_id(site) for site in ids)
        return in_words(value, self._messages)

    def _longest(self, pattern: Sequence[str], parts: Sequence[str]) -> str:
        """The text of the longest part of a path that has one, the keys after it in words; empty where none has."""
        for length in range(len(pattern), 0, -1):
            text = self._messages.text_or(f"assumed.label.{'.'.join(pattern[:length])}", "")
            if text:
                rest = (self._word(part).replace("{", "{{").replace("}", "}}") for part in parts[length:])
                return ", ".join((text, *rest))
        return ""

    def _word(self, key: str) -> str:
        return self._messages.text_or(f"assumed.word.{key}", key.replace("_", " "))

    def _named(self, above: str, name: str) -> str:
        worded: Mapping[str, Callable[[], str]] = {
            "segments": lambda: self._messages.text_or(f"assumed.segment.{name}", name),
            "speeds": lambda: self._messages.text_or(f"assumed.road.{name}", name),
            "kind_constants": lambda: self._messages.text_or(f"kind.{name}", name),
            "level": lambda: name,
        }
        if above in worded:
            return worded[above]()
        return self._names.get(name) or self._messages.text_or(f"assumed.word.{name}", _from_id(name))


def names_in(told: Told) -> dict[str, str]:
    """The names of all sites and services of a run by their ids."""
    names: dict[str, str] = {}
    for plan in told.evidence.plans.values():
        names |= dict(zip(plan.sites.programme, plan.sites.programme_name, strict=True))
        names |= dict(zip(plan.sites.id, plan.sites.name, strict=True))
    return names


def with_several_rules(paths: Iterable[str]) -> set[str]:
    """The sites of whose rules of sessions more than one is among some paths: one rule's values say nothing of it."""
    rules = {(parts[1], parts[3]) for path in paths if _of_rule(parts := path.split("."))}
    return {site for site, count in Counter(site for site, _ in rules).items() if count > 1}


def _of_rule(parts: Sequence[str]) -> bool:
    return len(parts) > 3 and (parts[0], parts[2]) == ("sites", "sessions")


def _from_id(name: str) -> str:
    """An id as a name: kanim_muara_enim is Kanim Muara Enim, ukk_oku UKK OKU."""
    return " ".join(word.upper() if len(word) == ABBREVIATED else word.capitalize() for word in name.split("_"))


def _span(row: Mapping[Any, str], messages: Messages) -> str:
    """The range in words: between which values, or what moves all of a map or list."""
    low, high = (in_words(row[f"range_{end}"], messages) for end in ("low", "high"))
    if not low and not high:
        return NO_VALUE
    key = f"assumed.span.{row['range_of']}" if row["range_of"] else "interval"
    return messages.text(key, low=low, high=high)


def in_use(told: Told, scenario: str, path: str) -> bool:
    """Whether a value has a part in one of the two scenarios that are compared: its site, service or time is there."""
    evidence = told.evidence
    if scenario not in (SHARED, *evidence.pair):
        return False
    kind, *rest = path.split(".")
    plans = [evidence.plans[name] for name in (evidence.pair if scenario == SHARED else (scenario,))]
    there = {
        "sites": {site for plan in plans for site in plan.sites.id},
        "programmes": {name for plan in plans for name in plan.sites.programme},
        "outages": {outage.id for plan in plans for outage in plan.outages},
        "name": set(),
        "title": set(),
    }
    if kind == "collection" and rest[0] in OPTIONAL:
        return rest[0] in told.manifest["parts"].get("collection", OPTIONAL)
    if path.startswith("need.level.") and rest[1][:4].isdigit():
        return _is_simulated(told, rest[1])
    return kind not in there or (bool(rest) and rest[0] in there[kind])


def _is_simulated(told: Told, month: str) -> bool:
    """Whether any day of a year (2021) or month (2022-03) is simulated."""
    period = told.manifest["period"]
    first = dt.date.fromisoformat(period["first"]) - dt.timedelta(days=period["warm_up_days"])
    last = dt.date.fromisoformat(period["last"]) + dt.timedelta(days=period["run_out_days"])
    return first.isoformat()[: len(month)] <= month <= last.isoformat()[: len(month)]


def scenario_title(told: Told, name: str, messages: Messages) -> str:
    """What a scenario is called; of what all share, that all do."""
    if name == SHARED:
        return messages.text("page.assumed.all")
    return told.evidence.title(name, messages) if name in told.evidence.plans else name


def sources_of(told: Told, language: str) -> list[tuple[str, str]]:
    """The codes that stand in sources of values, each with what it means."""
    cited = " ".join(told.tables["assumptions.csv"][f"source_{language}"])
    known: dict[str, dict[str, str]] = told.manifest.get("sources", {})
    return [(code, known[code][language]) for code in sorted(known) if re.search(rf"\b{re.escape(code)}\b", cited)]


def in_words(value: str, messages: Messages) -> str:
    """A value of a configuration, its numbers, units and keys as the language writes them."""
    if value.startswith(("{", "[")):
        try:
            value = _flat(json.loads(value))
        except ValueError:
            return value
    value = RUPIAH.sub(lambda found: found.group().replace(".", ""), value)
    value = NUMBER.sub(lambda found: messages.exact(found.group()), value)
    value = UNIT.sub(lambda found: messages.text(f"assumed.unit.{found.group().replace('/', '')}"), value)
    value = WORD.sub(lambda found: messages.text_or(f"assumed.word.{found.group()}", found.group()), value)
    return DATE.sub(lambda found: _date(found.group(), messages), value)


def _date(text: str, messages: Messages) -> str:
    try:
        return messages.date(dt.date.fromisoformat(text))
    except ValueError:
        return text


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}{':' if key[0].isdigit() else ''} {_flat(item)}" for key, item in value.items())
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    return str(value)
