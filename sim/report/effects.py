"""Side effects: in which scenarios people wait, or officers work, longer at a site that was there before, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.measures.team_days import DAYS, OUT, REST
from sim.plan import EVERYONE
from sim.report.by_week import Weeks, weeks_texts, worse_weeks
from sim.report.load import change, has_slots
from sim.report.sentences import Sentence

if TYPE_CHECKING:
    from sim.plan import Bools, Plan
    from sim.report.evidence import Evidence
    from sim.report.messages import Messages

WORTH_TELLING = {"wait_minutes": 5.0, "lead_days": 1.0, "overtime_minutes": 30.0}
"""Growth of a mean from which it is told: less is hardly noticed. A choice, and the page says it."""
IN_FULL = 2
"""Sites whose side effects are told in full where a text is to be short."""


@dataclass(frozen=True)
class Growth:
    """A mean that grows at a site."""

    site: str
    measure: str
    times: float
    """How many times what is worth telling."""
    proven: bool
    weeks: Weeks | None = None
    """Those in which it grows, where not all weeks are meant."""

    @property
    def of_weeks(self) -> float:
        """The share of weeks in which it grows."""
        return 1.0 if self.weeks is None else len(self.weeks.differences) / max(self.weeks.compared, 1)


def effects_section(evidence: Evidence, messages: Messages) -> Iterator[Sentence]:
    """What is told; a sentence for each scenario with side effects, the main one first; then those without."""
    if not evidence.compares:
        return
    limits = {measure: messages.number(worth, 0) for measure, worth in WORTH_TELLING.items()}
    yield Sentence(messages.text("finding.effects.how", **limits))
    without = []
    others = [name for name in evidence.scenarios if name not in evidence.pair]
    for scenario in (evidence.main, *others):
        found = growths(evidence, scenario)
        title = evidence.title(scenario, messages)
        for proven, key in ((True, "scenario"), (False, "unproven")):
            sites = _by_site(evidence, messages, scenario, [each for each in found if each.proven == proven])
            if sites:
                text = messages.text(f"finding.effects.{key}", scenario=title, sites=" ".join(sites))
                main = scenario == evidence.main and proven
                yield Sentence(text, messages.text("finding.effects.main", sites=" ".join(sites)) if main else "")
        if not found:
            without.append(messages.text("finding.quoted", name=title))
    if without:
        yield Sentence(messages.text("finding.effects.none", scenarios=messages.names(without)))


def side_effects(evidence: Evidence, messages: Messages, scenario: str) -> Iterator[str]:
    """The side effects of one scenario that are clear in one text; nothing where there are none.

    Of more than IN_FULL sites those with the worst are told in full, and the others named.
    """
    found = [each for each in growths(evidence, scenario) if each.proven]
    sites = list(dict.fromkeys(each.site for each in found))
    texts = _by_site(evidence, messages, scenario, [each for each in found if each.site in sites[:IN_FULL]])
    if len(sites) > IN_FULL:
        names = names_of(evidence.plans[scenario])
        texts.append(
            messages.text("finding.effects.others", sites=messages.names([names[one] for one in sites[IN_FULL:]]))
        )
    if sites:
        yield messages.text("finding.effects.main", sites=" ".join(texts))


def growths(evidence: Evidence, scenario: str) -> list[Growth]:
    """Means that grow enough to be told at sites of both the baseline and a scenario.

    First those of the site where people have most in all of one of them: how much it grows, for how many who come
    there, in how many weeks. Of a site that which grows most for what is worth telling.
    """
    before, after = evidence.plans[evidence.baseline].sites, evidence.plans[scenario].sites
    found = []
    # Of an office without a slot on any counted day nothing is a side effect: it is what was changed.
    plans = [evidence.plans[name] for name in (evidence.baseline, scenario)]
    sites = [name for name in before.id if name in after.id and all(has_slots(plan, name) for plan in plans)]
    for site in sites:
        for measure, worth in WORTH_TELLING.items():
            difference = evidence.difference(scenario, measure, "mean", "site", site)
            if difference.difference >= worth:
                proven = evidence.direction(difference) > 0
                found.append(Growth(site, measure, difference.difference / worth, proven))
        found.extend(_on_team_days(evidence, scenario, site))
    explained = {each.site for each in found if each.measure == OUT and each.proven}
    for measure, worth in WORTH_TELLING.items():
        for site, weeks in worse_weeks(evidence, scenario, measure, sites, worth).items():
            # Days on which a team is out, where they are told, are why.
            if measure != "wait_minutes" or site not in explained:
                found.append(Growth(site, measure, weeks.more / worth, bool(weeks.clear), weeks))
    passports = {site: evidence.estimate(scenario, "passports", "count", "site", site).estimate for site in sites}
    weight = dict.fromkeys(sites, 0.0)
    for each in found:
        people = passports[each.site] if passports[each.site] > 0 else 1.0
        weight[each.site] = max(weight[each.site], each.times * each.of_weeks * people)
    return sorted(found, key=lambda each: (-weight[each.site], -each.times))


def _on_team_days(evidence: Evidence, scenario: str, site: str) -> Iterator[Growth]:
    """A queue that is longer on the days on which teams are out, where it is not as much longer in the baseline.

    It is clear where the intervals of both kinds of days are apart: then that of their difference leaves out zero too,
    whatever their correlation. It is adjusted for no other comparison.
    """
    pairs = [
        [evidence.estimate(name, measure, "mean", "site", site) for measure in (OUT, REST)]
        for name in (evidence.baseline, scenario)
    ]
    before, after = (out.estimate - rest.estimate for out, rest in pairs)
    more = after - (0.0 if math.isnan(before) else before)
    if more >= WORTH_TELLING["wait_minutes"]:
        out, rest = pairs[1]
        yield Growth(site, OUT, more / WORTH_TELLING["wait_minutes"], out.low > rest.high)


def _by_site(evidence: Evidence, messages: Messages, scenario: str, found: list[Growth]) -> list[str]:
    """What grows at each site, and which teams its officers go out with."""
    plan = evidence.plans[scenario]
    names = names_of(plan)
    texts = []
    for site in dict.fromkeys(each.site for each in found):
        here = [each for each in found if each.site == site]
        of_all = [one.measure for one in here if one.measure != OUT and one.weeks is None]
        told = (change(evidence, messages, site, measure, "mean", scenario) for measure in of_all)
        changes = [one.text for one in told if one is not None]
        changes += [_team_days(evidence, messages, site, scenario) for one in here if one.measure == OUT]
        in_weeks = [(one.measure, WORTH_TELLING[one.measure], one.weeks) for one in here if one.weeks is not None]
        changes += weeks_texts(evidence, messages, scenario, site, in_weeks)
        text = messages.text("finding.load.site", site=names[site], changes="; ".join(changes))
        text += _shut_before(evidence, messages, scenario, site)
        teams = teams_of(plan, site, evidence.plans[evidence.baseline])
        if teams:
            text += " " + messages.text("finding.effects.teams", names=messages.names(teams))
        waits = any(each.site == site and each.measure == "lead_days" for each in found)
        if waits and evidence.counts_days_off and has_weekends(plan):
            text += " " + messages.text("finding.effects.by_choice")
        texts.append(text)
    return texts


def _shut_before(evidence: Evidence, messages: Messages, scenario: str, site: str) -> str:
    """That its sessions are suspended in the baseline on days on which they are held here; empty where they are not."""
    before, after = (evidence.plans[name].sites for name in (evidence.baseline, scenario))
    days = before.days_suspended[before.id.index(site)] - after.days_suspended[after.id.index(site)]
    if days <= 0:
        return ""
    told = {"days": messages.number(float(days), 0), "baseline": evidence.title(evidence.baseline, messages)}
    return " " + messages.text("finding.effects.shut_before", **told)


def names_of(plan: Plan) -> dict[str, str]:
    """Names of sites by their ids."""
    return dict(zip(plan.sites.id, plan.sites.name, strict=True))


def _team_days(evidence: Evidence, messages: Messages, site: str, scenario: str) -> str:
    """The queue on days on which a team is out, and on others."""
    days = evidence.estimate(scenario, DAYS, "count", "site", site).estimate
    out, rest = (evidence.estimate(scenario, measure, "mean", "site", site).estimate for measure in (OUT, REST))
    values = {"days": messages.number(days, 0), "out": messages.number(out, 0), "rest": messages.number(rest, 0)}
    return messages.text("finding.effects.team_days", **values)


def has_weekends(plan: Plan) -> bool:
    """Whether any session that people can book is on a day that is no working day."""
    return bool(_on_days_off(plan).any())


def sessions_on_days_off(plan: Plan) -> int:
    """Sessions on counted days that are no working days, which everybody can book."""
    for_everybody = plan.sites.audience[plan.sessions.site] == EVERYONE
    return int((_on_days_off(plan) & plan.counted_sessions & for_everybody).sum())


def _on_days_off(plan: Plan) -> Bools:
    """[sessions] that people can book on days that are no working days."""
    s = plan.sessions
    found: Bools = ~s.on_working_day(plan.working_days) & (s.quota.sum(axis=1) > 0)
    return found


def teams_of(plan: Plan, site: str, baseline: Plan) -> list[str]:
    """Programmes, new against the baseline, whose teams leave a site in working time, so that counters close there."""
    row, sites, sessions = plan.sites.id.index(site), plan.sites, plan.sessions
    away = ~sessions.overtime & (sites.home[sessions.site] == row) & (sessions.site != row)
    if not sessions.takes[away].any() and not _fewer_counters(plan, baseline, site):
        return []
    programmes = [(sites.programme[each], sites.programme_name[each]) for each in np.unique(sessions.site[away])]
    return list(dict.fromkeys(name for programme, name in programmes if programme not in baseline.sites.programme))


def _fewer_counters(plan: Plan, baseline: Plan, site: str) -> bool:
    """Whether a site has fewer counters on its mean session than in the baseline."""
    means = []
    for each in (baseline, plan):
        rows = each.sessions.site == each.sites.id.index(site)
        means.append(each.sessions.counters[rows & (each.sessions.quota.sum(axis=1) > 0)].mean(axis=0).sum())
    return bool(means[1] < means[0])
