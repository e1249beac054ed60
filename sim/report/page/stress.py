"""The account by STRESS-DES (Monks et al. 2019, doi 10.1080/17477778.2018.1442155), item by item.

Each item is filled from configuration and manifest. Where nobody stated it, it says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from sim.report.assumptions import ASSUMPTION, names_in
from sim.report.tables import measures_of

if TYPE_CHECKING:
    from sim.report.messages import Messages
    from sim.report.told import Told

Told_ = Callable[["Told", "Messages"], str]

SECTIONS = {
    "objectives": ("purpose", "outputs", "aims"),
    "logic": ("overview", "base_logic", "scenario_logic", "algorithms", "components"),
    "data": ("sources", "preprocessing", "inputs", "assumptions"),
    "experimentation": ("initialisation", "run_length", "estimation"),
    "implementation": ("software", "sampling", "execution", "hardware"),
    "access": ("code_access",),
}


def account(told: Told, messages: Messages) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections by heading, each with its items and what is told of them."""
    made = []
    for section, items in SECTIONS.items():
        texts = [(messages.text(f"page.stress.item.{item}"), _item(told, messages, item)) for item in items]
        made.append((messages.text(f"page.stress.heading.{section}"), texts))
    return made


def _item(told: Told, messages: Messages, item: str) -> str:
    stated = told.stated(item, messages.language)
    if item == "aims":
        stated = stated or told.question(messages.language)
    known = _KNOWN[item](told, messages) if item in _KNOWN else ""
    return " ".join(text for text in (known, stated) if text) or messages.text("page.not_stated")


def _outputs(told: Told, messages: Messages) -> str:
    names = [row[0] for row in measures_of(told.evidence, messages).rows]
    return messages.text("page.stress.told.outputs", measures="; ".join(names))


def _scenario_logic(told: Told, messages: Messages) -> str:
    evidence = told.evidence
    titles = "; ".join(evidence.title(scenario, messages) for scenario in evidence.scenarios)
    if not evidence.compares:
        return messages.text("page.stress.told.scenario_alone", scenarios=titles)
    baseline = evidence.title(evidence.baseline, messages)
    return messages.text("page.stress.told.scenario_logic", scenarios=titles, baseline=baseline)


def _components(told: Told, messages: Messages) -> str:
    parts, services = told.manifest["parts"], names_in(told)
    sites = len(told.evidence.plans[told.evidence.main].sites.id)
    worded = {
        "segments": [messages.text_or(f"assumed.segment.{segment}", segment) for segment in parts["segments"]],
        "channels": [messages.text_or(f"person.channel.{channel}", channel) for channel in parts["channels"]],
        "programmes": [messages.text_or(f"kind.{one}", services.get(one, one)) for one in parts["programmes"]],
    }
    names = {key: ", ".join(values) for key, values in worded.items()}
    text = messages.text("page.stress.told.components", sites=messages.number(sites, 0), **names)
    if parts["outages"]:
        text += " " + messages.text("page.stress.told.outages", outages=", ".join(parts["outages"]))
    return text


def _sources(told: Told, messages: Messages) -> str:
    files = ", ".join(dict.fromkeys(PurePosixPath(name).name for name in told.manifest["data"]))
    return messages.text("page.stress.told.sources", files=files)


def _inputs(told: Told, messages: Messages) -> str:
    bases = Counter(told.tables["assumptions.csv"]["basis"])
    named = [
        f"{messages.number(n, 0)} {messages.text_or(f'page.basis.{basis}', basis)}" for basis, n in bases.most_common()
    ]
    count = messages.number(sum(bases.values()), 0)
    return messages.text("page.stress.told.inputs", count=count, by_basis=", ".join(named))


def _assumptions(told: Told, messages: Messages) -> str:
    frame = told.tables["assumptions.csv"]
    assumed = frame[frame["basis"] == ASSUMPTION]
    numbers = {"count": len(assumed), "ranges": int((assumed["range_low"] != "").sum())}
    return messages.text(
        "page.stress.told.assumptions", **{name: messages.number(value, 0) for name, value in numbers.items()}
    )


def _initialisation(told: Told, messages: Messages) -> str:
    days = told.manifest["period"]["warm_up_days"]
    if not days:
        return messages.text("page.stress.told.no_warm_up")
    return messages.text("page.stress.told.initialisation", days=messages.number(days, 0))


def _run_length(told: Told, messages: Messages) -> str:
    from sim.report.sentences import period

    days = messages.number(told.manifest["period"]["run_out_days"], 0)
    return messages.text("page.stress.told.run_length", days=days, **period(told.evidence, messages))


def _estimation(told: Told, messages: Messages) -> str:
    evidence = told.evidence
    count = messages.number(evidence.replication_count, 0)
    return evidence.text("page.stress.told.estimation", messages, replications=count)


def _software(told: Told, messages: Messages) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in told.manifest["versions"].items())
    return messages.text("page.stress.told.software", versions=versions)


def _execution(told: Told, messages: Messages) -> str:
    # Not how many of them an earlier run had stored: the same results make the same page.
    cells = messages.number(sum(told.manifest["cells"].values()), 0)
    engine = told.manifest["engine"]
    return messages.text(
        "page.stress.told.execution", engine=messages.text_or(f"page.engine.{engine}", engine), cells=cells
    )


def _hardware(told: Told, messages: Messages) -> str:
    platform = told.manifest["platform"]
    return messages.text("page.stress.told.hardware", system=platform["system"], machine=platform["machine"])


_KNOWN: dict[str, Told_] = {
    "outputs": _outputs,
    "base_logic": lambda told, messages: messages.text("page.stress.told.base_logic"),
    "scenario_logic": _scenario_logic,
    "algorithms": lambda told, messages: messages.text("page.stress.told.algorithms"),
    "components": _components,
    "sources": _sources,
    "inputs": _inputs,
    "assumptions": _assumptions,
    "initialisation": _initialisation,
    "run_length": _run_length,
    "estimation": _estimation,
    "software": _software,
    "sampling": lambda told, messages: told.evidence.text(
        "page.stress.told.sampling", messages, seed=told.manifest["seed"]
    ),
    "execution": _execution,
    "hardware": _hardware,
}
"""What the program knows of each item; the others only people can state."""
