"""What a page is made from: the made-up experiment with a manifest and assumptions, as a run would write them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.report.evidence import Evidence, gather
from sim.report.findings import described
from sim.report.messages import Messages
from sim.report.page.lead import lead
from sim.report.told import Told
from tests.report.report_cases import Experiment

MANIFEST: dict[str, Any] = {
    "experiment": "made_up",
    "title": {"en": "What <four> sub-offices & more do", "id": "Manfaat <empat> UKK & lainnya"},
    "question": {"en": "Who gains?", "id": "Siapa yang beruntung?"},
    "baseline": "before_ukk",
    "main": "with_ukk",
    "language": "en",
    "scenarios": {"before_ukk": {"title": "Two offices", "configuration": "aa"}},
    "seed": 16,
    "engine": "simpy",
    "model": "bb",
    "replications": {"asked": 10, "complete": 10},
    "cells": {"run": 60, "reused": 0},
    "interrupted": False,
    "same_applicants": True,
    "confidence": 0.95,
    "period": {"first": "2023-01-01", "last": "2023-12-31", "warm_up_days": 0, "run_out_days": 0},
    "parts": {
        "segments": ["general"],
        "channels": ["ordinary"],
        "programmes": ["kanim", "ukk"],
        "collection": [],
        "outages": [],
    },
    "sources": {
        "F2": {"en": "Never cited", "id": "Tidak dikutip"},
        "F2b": {"en": "Opening hours", "id": "Jam buka"},
        "F2d": {"en": "Visits", "id": "Kunjungan"},
    },
    "statements": {"code_access": {"en": "Ask the office.", "id": "Tanyakan kepada kantor."}},
    "data": {"../configs/roads.csv": "cc"},
    "files": {"impact.yaml": "dd"},
    "versions": {"simulator": "0.1.0", "python": "3.11"},
    "platform": {"system": "Linux", "machine": "x86_64", "byteorder": "little"},
}
_COLUMNS = ("scenario", "path", "value", "range_low", "range_high", "range_of", "basis")
_SAID = ("source_en", "source_id", "note_en", "note_id", "where")
ASSUMPTIONS = pd.DataFrame(
    [
        ("all", "fees.passport", "Rp 350000", "", "", "", "regulation", "PP 28/2019", "PP 28/2019", "", "", "a.yaml:1"),
        ("all", "choice.lead_day", "Rp 8000", "Rp 2000", "Rp 25000", "", "assumption", "", "", "a guess", "dugaan", ""),
        ("all", "sites.ukk_oku.staff", "10", "6", "12", "", "press", "F2b: ten", "F2b: sepuluh", "", "", "a.yaml:4"),
        ("all", "sites.ukk_far.staff", "10", "6", "12", "", "assumption", "", "", "not open", "belum buka", "a.yaml:5"),
        ("all", "programmes.van.team", "6", "0.5", "2", "factor", "press", "F2d", "F2d", "", "", "a.yaml:6"),
        ("all", "collection.delivery.fee", "Rp 20000", "", "", "", "assumption", "", "", "", "", "a.yaml:7"),
        ("only_oku", "choice.taste", "Rp 9000", "", "", "", "scenario", "", "", "", "", "b.yaml:1"),
        ("with_ukk", "need.level.2023", "1.1", "", "", "", "scenario", "", "", "", "", "c.yaml:1"),
        ("all", "need.level.2022-03", "0.4", "0.2", "0.8", "", "calibrated", "", "", "", "", "c.yaml:2"),
        ("all", "issue.days", '{"3": 0.25, "4": 0.75}', "", "", "", "assumption", "", "", "", "", "a.yaml:3"),
    ],
    columns=[*_COLUMNS, *_SAID],
)


def made_up(experiment: Experiment, **changes: Any) -> Told:
    """The made-up experiment as a page sees it."""
    manifest = MANIFEST | changes
    baseline = manifest["baseline"] if manifest["baseline"] != manifest["main"] else None
    evidence = gather(experiment.replications, experiment.plans, baseline, manifest["main"], 0.95)
    return Told(evidence, manifest, {"assumptions.csv": ASSUMPTIONS})


def opening_of(
    evidence: Evidence,
    language: str = "en",
    tables: Mapping[str, pd.DataFrame] | None = None,
    asked: Mapping[str, Any] | None = None,
) -> str:
    """All that a page opens with, as one text."""
    messages = Messages(language)
    told = lead(evidence, messages, described(evidence, messages, tables, asked), tables)
    return " ".join([told.opening, *(text for point in told.points for text in (point.text, *point.items))])
