"""The names of all that the project measures, in any scenario and of any pair of them."""

from __future__ import annotations

import re

MEASURED = frozenset(
    (
        "applicants", "as_promised_share", "at_once_share", "backlog", "books_waiting", "brought_share",
        "concentration_cost_rupiah", "concentration_deterred_share", "concentration_travel_hours", "cost_rupiah",
        "cost_rupiah_saved", "days_before_handover", "days_before_handover_before", "days_before_handover_saved",
        "days_before_visit", "days_before_visit_before", "days_before_visit_saved", "days_of_issue",
        "days_of_issue_before", "days_of_issue_saved", "days_of_visits", "days_of_visits_before",
        "days_of_visits_saved", "days_off", "days_saved", "days_team_out", "days_to_passport", "delivered_share",
        "deterred_share", "fare_rupiah", "full_share", "gini_district_cost_rupiah", "gini_district_deterred_share",
        "gini_district_travel_hours", "gini_travel_hours", "handed_over", "interviews_waiting", "lead_days",
        "lorenz_cost_rupiah", "lorenz_deterred_share", "lorenz_travel_hours", "lost_share", "nearest_minutes",
        "need", "next_slot_days", "no_longer_apply", "no_longer_served", "no_slot_share", "now_apply", "now_served",
        "office_minutes", "officer_days", "officer_nights", "operating_rupiah", "overtime_minutes",
        "overtime_officer_days", "passports", "passports_to_date", "quota_use", "regency_gap_cost_rupiah",
        "regency_gap_deterred_share", "regency_gap_travel_hours", "rupiah_per_passport", "served", "served_share",
        "sessions", "team_days", "team_km", "travel_hours", "travel_hours_saved", "travel_km", "trips", "under_way",
        "under_way_share", "unserved_share", "utilisation", "utilisation_collection", "utilisation_document",
        "vain_trips", "visits_per_session", "wait_minutes", "wait_minutes_no_team_out", "wait_minutes_team_out",
        "waited_share", "worst_tenth_cost_rupiah", "worst_tenth_deterred_share", "worst_tenth_travel_hours",
    )  # fmt: skip
)
"""But for those with a number in their name."""
_COVERAGE = re.compile(r"coverage_\d+_min")


def is_measured(name: str) -> bool:
    """Whether the project measures something of this name, though it be in other scenarios than those at hand."""
    return name in MEASURED or _COVERAGE.fullmatch(name) is not None
