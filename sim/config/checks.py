"""What sections mean together: names that must exist, parents, quotas.

Each check works with the sections that are valid by themselves and keeps silent about the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sim.config.rejection import nearest_name

MOST_NAMES = 30
"""Names that a message lists where none of them is near."""


@dataclass(frozen=True)
class Finding:
    """Something wrong at a path of the configuration."""

    path: str
    message: str
    allowed: str = ""
    nearest: str = ""


def cross_checks(sections: Mapping[str, Any]) -> list[Finding]:
    """Everything that is wrong between sections."""
    findings: list[Finding] = []
    for check in (_channels, _parents, _kinds, _programmes):
        findings.extend(check(sections))
    return findings


def _channels(sections: Mapping[str, Any]) -> Iterator[Finding]:
    channels = sections.get("channels")
    if channels is None:
        return
    for name, channel in channels.items():
        if channel.also_books is not None and channel.also_books not in channels:
            yield unknown(f"channels.{name}.also_books", "channel", channel.also_books, channels)
        if channel.also_books == name:
            yield Finding(
                f"channels.{name}.also_books", "a channel always books its own slots", "another channel, or nothing"
            )
    need = sections.get("need")
    if need is not None:
        if need.default_channel not in channels:
            yield unknown("need.default_channel", "channel", need.default_channel, channels)
        for segment_id, segment in need.segments.items():
            for name in segment.channels:
                if name not in channels:
                    yield unknown(f"need.segments.{segment_id}.channels.{name}", "channel", name, channels)
    for site_id, site in sections.get("sites", {}).items():
        for rule_id, rule in site.sessions.items():
            for name in rule.quota:
                if name not in channels:
                    yield unknown(f"sites.{site_id}.sessions.{rule_id}.quota.{name}", "channel", name, channels)
    if need is not None and "sites" in sections:
        yield from _unused_channels(channels, need, sections["sites"], sections.get("programmes", {}))


def _unused_channels(
    channels: Mapping[str, Any], need: Any, sites: Mapping[str, Any], programmes: Mapping[str, Any]
) -> Iterator[Finding]:
    """A finding for each channel by which nobody comes and that has no slots: as one that a slip of the pen makes."""
    used = {need.default_channel, *(channel.also_books for channel in channels.values())}
    used |= {name for segment in need.segments.values() for name in segment.channels}
    used |= {name for site in sites.values() for rule in site.sessions.values() for name in rule.quota}
    used |= {name for programme in programmes.values() for name in programme.quota}
    for name in channels:
        if name not in used:
            near = nearest_name(name, [other for other in channels if other in used])
            what = f"nobody comes by the channel {name!r}: no segment and no quota names it"
            yield Finding(f"channels.{name}", what, "" if near else "a channel that one of them names", near)


def _parents(sections: Mapping[str, Any]) -> Iterator[Finding]:
    sites = sections.get("sites", {})
    for site_id, site in sites.items():
        path = f"sites.{site_id}.parent"
        if site.parent is None:
            continue
        if site.parent not in sites:
            yield unknown(path, "site", site.parent, sites)
        elif site.parent == site_id:
            yield Finding(path, "a site cannot be its own parent", "leave it out where the site prints by itself")
        elif sites[site.parent].parent is not None:
            yield Finding(path, f"{site.parent} prints no books: it has a parent itself", "an office without a parent")


def _programmes(sections: Mapping[str, Any]) -> Iterator[Finding]:
    sites, channels = sections.get("sites"), sections.get("channels")
    for name, programme in sections.get("programmes", {}).items():
        if sites is not None and programme.home not in sites:
            yield unknown(f"programmes.{name}.home", "site", programme.home, sites)
        for channel in programme.quota:
            if channels is not None and channel not in channels:
                yield unknown(f"programmes.{name}.quota.{channel}", "channel", channel, channels)
    delivery = getattr(sections.get("collection"), "delivery", None)
    struck = [(f"outages.{name}.sites", outage.sites) for name, outage in sections.get("outages", {}).items()]
    for path, names in [*struck, ("collection.delivery.sites", delivery.sites if delivery is not None else None)]:
        for place, site in enumerate(names or ()):
            if sites is not None and site not in sites:
                yield unknown(f"{path}[{place}]", "site", site, sites)


def _kinds(sections: Mapping[str, Any]) -> Iterator[Finding]:
    choice, sites, programmes = (sections.get(name) for name in ("choice", "sites", "programmes"))
    if choice is None or sites is None or programmes is None:
        return
    kinds = {place.kind for place in (*sites.values(), *programmes.values())}
    for kind in choice.kind_constants:
        if kind not in kinds:
            yield unknown(f"choice.kind_constants.{kind}", "kind of site", kind, kinds)


def unknown(path: str, what: str, found: str, known: Iterable[str]) -> Finding:
    """A finding of a name that nothing has, with the nearest one that something has."""
    names = sorted(known)
    near = nearest_name(found, names)
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    allowed = "" if near else f"one of {', '.join(names[:MOST_NAMES])}{more}"
    return Finding(path, f"there is no {what} {found!r}", allowed, near)
