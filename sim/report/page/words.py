"""What the words on a page mean: those alone that stand on it."""

from __future__ import annotations

from sim.report.evidence import Evidence
from sim.report.messages import Messages

WORDS = (
    *("need", "deterred", "unserved", "served", "saved", "hours", "cost", "session", "lead", "queue"),
    *("replication", "interval", "clear", "gini", "concentration", "worst_tenth", "slots"),
)
COMPARED = ("saved", "clear")
"""Of these, those that stand on a page only where two scenarios are compared."""


def words(evidence: Evidence, messages: Messages) -> tuple[tuple[str, str], ...]:
    """Each word in the order in which a reader meets it, and its meaning."""
    kept = [word for word in WORDS if evidence.compares or word not in COMPARED]
    named = (evidence.text(f"page.words.{word}", messages) for word in kept)
    meant = (evidence.text(f"page.words.meaning.{word}", messages) for word in kept)
    return tuple(zip(named, meant, strict=True))
