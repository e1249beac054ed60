"""Claims of the page: whole in one file, in both languages, in order, and no stronger than its numbers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from sim.building.loading import load_scenario
from sim.config.inheritance import FileCache
from sim.config.texts import LANGUAGES
from sim.keeping.folder import FIGURES, WORKBOOKS
from sim.report import figures
from sim.report.assumptions import Labels, assumptions_of, in_words, names_in
from sim.report.figures import COMPARING, WITH_CURVES, WITH_OUTAGES
from sim.report.figures import FIGURES as FIGURES_DRAWN
from sim.report.messages import Messages
from sim.report.page.build import SECTION_FIGURES, cell, page
from sim.report.page.pictures import _inlined, drawn_pictures, inline, written_pictures
from sim.report.told import Told
from tests.report.report_cases import Experiment
from tests.report.told_cases import made_up, opening_of

VOID = {"meta", "link", "br", "wbr", "hr", "img", "input"}


class Parsed(HTMLParser):
    """The page's elements; that every element is closed in its order is asserted on the way."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.loaded: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes.append((tag, found))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if found.get("id"):
            self.ids.append(str(found["id"]))
        self.loaded += [str(found[name]) for name in ("src", "href", "action", "data") if found.get(name)]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def told(experiment: Experiment) -> Told:
    return made_up(experiment)


@pytest.fixture(scope="module")
def parsed(whole_page: Path) -> Parsed:
    return Parsed(whole_page.read_text(encoding="utf-8"))


def test_a_page_is_one_file_below_five_megabytes_that_loads_nothing(whole_page: Path, parsed: Parsed) -> None:
    assert whole_page.stat().st_size < 5_000_000
    outside = [target for target in parsed.loaded if not target.startswith(("#", "data:"))]
    assert outside == list(WORKBOOKS.values()), "a link to the workbook beside it, in each language, and nothing else"
    html = whole_page.read_text(encoding="utf-8")
    assert "http://" not in html and "https://" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_names_within_a_page_are_unique_and_all_that_is_pointed_to_is_there(parsed: Parsed) -> None:
    assert len(parsed.ids) == len(set(parsed.ids))
    pointed = {target[1:] for target in parsed.loaded if target.startswith("#")}
    assert pointed <= set(parsed.ids)


def test_headings_descend_one_level_at_a_time_in_each_language(parsed: Parsed) -> None:
    assert parsed.headings.count(1) == len(LANGUAGES)
    assert parsed.headings[0] == 1
    assert all(b - a <= 1 for a, b in zip(parsed.headings, parsed.headings[1:], strict=False))


def test_figures_say_what_they_show_and_table_headings_say_what_they_head(parsed: Parsed, told: Told) -> None:
    figures = [found for tag, found in parsed.attributes if tag == "svg"]
    assert len(figures) == 11 * len(LANGUAGES)
    assert all(found["role"] == "img" and len(str(found["aria-label"])) > 40 for found in figures)
    assert all(found.get("scope") in ("col", "row") for tag, found in parsed.attributes if tag == "th")
    tables = [found for tag, found in parsed.attributes if tag == "table"]
    assert all(found["aria-labelledby"] in parsed.ids for found in tables)


def test_each_language_has_the_same_parts_and_its_own_numbers(whole_page: Path) -> None:
    html = whole_page.read_text(encoding="utf-8")
    english, indonesian = html.split('<div class="language"')[1:]
    assert english.count("<h2") == indonesian.count("<h2") == 12
    assert english.count("<tr>") == indonesian.count("<tr>")
    assert 'lang="en"' in english[:40] and 'lang="id"' in indonesian[:40]
    assert "31 December 2023" in english and "31 Desember 2023" in indonesian
    assert "Rp\N{NO-BREAK SPACE}8,000" in english and "Rp\N{NO-BREAK SPACE}8.000" in indonesian
    assert "Manfaat &lt;empat&gt; UKK &amp; lainnya" in indonesian


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_opens_in_the_language_that_was_asked_for(told: Told, language: str) -> None:
    html = page(told, {}, language)
    assert f'<html lang="{language}">' in html
    shown = re.findall(r'<div class="language" lang="(..)"[^>]*?( hidden)?>', html)
    assert dict(shown) == {language: "", next(other for other in LANGUAGES if other != language): " hidden"}


def test_the_opening_paragraph_names_the_gain_with_its_interval(told: Told) -> None:
    messages = Messages("en")
    text = opening_of(told.evidence)
    gain = told.evidence.difference("with_ukk", "travel_hours_saved", "mean")
    assert f"Travel falls by {messages.number(gain.difference, 2)} hours per person" in text
    assert messages.text("page.lead.limits", replications="10") in text
    assert messages.text("page.lead.few") not in text


def test_an_opening_paragraph_of_two_replications_claims_no_regency(experiment: Experiment) -> None:
    few = experiment.replications[experiment.replications["replication"] < 2]
    told = made_up(Experiment(experiment.plans, few))
    html = page(told, {}, "en")
    opening = re.search(r'<div class="lead">(.*?)</dl>', html, re.DOTALL)
    assert opening is not None
    assert Messages("en").text("page.lead.few") in opening.group(1)
    assert "most hours are saved" not in opening.group(1)


def test_one_scenario_alone_is_described_and_not_compared(experiment: Experiment) -> None:
    html = page(made_up(experiment, baseline=None), {}, "en")
    opening = re.search(r'<div class="lead">\s*<p>(.*?)</p>(.*?)</dl>', html, re.DOTALL)
    assert opening is not None
    assert opening.group(1).startswith("In this simulation of “Two offices and four UKKs”")
    assert re.findall("<dt>(.*?)</dt>", opening.group(2)) == ["How sure this is"]
    assert "en-gains" not in html
    Parsed(html)
    told = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    for english, indonesian in (
        ("what is saved", "yang dihemat membandingkan"),
        ("figures before and after", "angkanya sebelum dan sesudah"),
        ("in both", "di keduanya"),
        ("two scenarios", "kedua skenario"),
    ):
        assert english not in told.lower() and indonesian not in told.lower(), "words of a comparison"


def test_scenarios_with_other_people_are_each_told_by_its_own_numbers_and_name(experiment: Experiment) -> None:
    of_two = r"_saved$|^(?:now|no_longer)_|_before$"
    rows = experiment.replications[~experiment.replications["measure"].str.contains(of_two)]
    told = made_up(Experiment(experiment.plans, rows))
    html = page(told, {}, "en")
    opening = re.search(r'<div class="lead">\s*<p>(.*?)</p>', html, re.DOTALL)
    assert opening is not None
    assert opening.group(1).startswith("The scenarios differ in need or period.")
    for scenario in ("before_ukk", "with_ukk"):
        title = told.evidence.plans[scenario].title["en"]
        served = told.evidence.estimate(scenario, "served", "count").estimate
        assert f"In this simulation of “{title}”, {served:,.0f} of" in opening.group(1)


def test_what_nobody_stated_is_said_to_be_not_stated(told: Told) -> None:
    html = page(told, {}, "en")
    items = dict(re.findall(r"<dt>(\d\.\d [^<]*)</dt><dd>(.*?)</dd>", html.split('data-language="id"')[0]))
    assert len(items) == 20
    assert items["1.1 Purpose of the model"] == "not stated"
    assert items["6.1 Computer model sharing statement"] == "Ask the office."
    assert items["4.1 Initialisation"] == "Starts empty, without a warm-up."


def test_values_of_what_is_not_there_are_folded_away_and_counted(told: Told) -> None:
    shown, beside = (assumptions_of(told, Messages("en"), beside=beside) for beside in (False, True))
    assert {row[0] for row in beside.rows} == {
        *("UKK FAR: officers", "VAN: team", "Delivery: fee", "Level of need, 2022-03"),
        "Spread of tastes for places, beside cost and time",
    }
    assert {row[0] for row in shown.rows} == {
        *("Fees.passport", "What a day of waiting for a slot is felt to cost", "Issue.days"),
        *("UKK Ogan Komering Ulu: officers", "Level of need, 2023"),
    }
    assert next(row[2] for row in beside.rows if row[0] == "VAN: team") == "0.5 to 2 times as much"
    html = page(told, {}, "en")
    assert "<summary>Values that the two scenarios compared make no use of (5)</summary>" in html
    Parsed(html)


def test_delivery_is_among_what_was_assumed_where_it_is_used(experiment: Experiment) -> None:
    parts = made_up(experiment).manifest["parts"]
    used = made_up(experiment, parts=parts | {"collection": ["delivery"]})
    assert "Delivery: fee" in {row[0] for row in assumptions_of(used, Messages("en")).rows}


def test_reasons_are_told_in_the_language_of_the_page(told: Told) -> None:
    english, indonesian = page(told, {}, "en").split('<div class="language"')[1:]
    assert "<td>a guess</td>" in english and "dugaan" not in english
    assert "<td>dugaan</td>" in indonesian and "a guess" not in indonesian


def test_every_value_of_the_bundled_scenarios_has_a_label_in_each_language(told: Told) -> None:
    files = [*Path("configs/scenarios").rglob("*.yaml"), Path("configs/south_sumatra/province.yaml")]
    read = FileCache()
    paths = {path for file in files for path in load_scenario(file, files=read).provenance}
    assert len(paths) > 250
    for language in LANGUAGES:
        label = Labels(Messages(language), names_in(told))
        unnamed = {path for path in paths if label(path).casefold() == path.casefold()}
        assert unnamed <= {"name", "title.en", "title.id"}, "their labels are these words"


@pytest.mark.parametrize(
    ("path", "english", "indonesian"),
    [
        ("sites.ukk_x.sessions.w.counters.interview", "UKK X: counters for interviews", "UKK X: loket wawancara"),
        ("sites.ukk_x.sessions.w.counters", "UKK X: counters", "UKK X: loket"),
        ("sites.ukk_x.sessions.w.quota.priority", "UKK X: slots a day, priority", "UKK X: kuota per hari, prioritas"),
        ("collection.kept_for", "How long a book is kept", "Lama buku disimpan"),
        ("what.nobody.worded", "What.nobody.worded", "What.nobody.worded"),
    ],
)
def test_a_value_is_told_in_words_down_to_the_counter(path: str, english: str, indonesian: str) -> None:
    assert Labels(Messages("en"))(path) == english
    assert Labels(Messages("id"))(path) == indonesian


def test_a_label_can_be_read_alone() -> None:
    """Tables are sorted and findings quote single values: no label leans on the one above it."""
    for language, leaning in (("en", r"\bthat (time|worth)\b|\bof those\b$|\bthey come back\b$"), ("id", r"\bitu\b")):
        texts = {key: text for key, text in Messages(language).texts.items() if key.startswith("assumed.label.")}
        assert [key for key, text in texts.items() if re.search(leaning, text)] == []


def test_sources_that_are_cited_have_a_key_in_each_language(told: Told) -> None:
    english, indonesian = page(told, {}, "en").split('<div class="language"')[1:]
    assert "<dt>F2b</dt><dd>Opening hours</dd>" in english and "<dt>F2b</dt><dd>Jam buka</dd>" in indonesian
    assert "<dt>F2</dt>" not in english


def test_sections_stand_in_the_order_of_the_finding_its_tables_and_how_sure_it_is(whole_page: Path) -> None:
    english = whole_page.read_text(encoding="utf-8").split('<div class="language"')[1]
    order = re.findall(r'<h2 id="en-(\w+)"', english)
    assert order == [
        *("finding", "main", "maps", "gains", "access", "places", "load", "assumed", "sure", "words", "run", "stress")
    ]


def test_columns_of_scenarios_are_headed_by_their_titles(whole_page: Path) -> None:
    headings = re.findall(
        r'<th scope="col">(?:<button[^>]*>)?(.*?)(?:</button>|</th>)', whole_page.read_text(encoding="utf-8")
    )
    assert "Two offices and four UKKs" in headings
    assert not any("ukk" in heading and "_" in heading for heading in headings)


def test_the_script_is_given_every_regency_and_site_in_both_languages(told: Told) -> None:
    html = page(told, {}, "en")
    found = re.search(r'<script type="application/json" id="places">(.*?)</script>', html)
    assert found is not None
    data = json.loads(found.group(1))
    for language in LANGUAGES:
        assert len(data[language]["regency"]) == 17
        assert {place["id"] for place in data[language]["site"]} == set(told.evidence.plans["with_ukk"].sites.id)
        rows = [row for place in data[language]["regency"] for row in place["rows"]]
        assert {len(row) for row in rows} == {1, 4}
        assert [Messages(language).text("page.places.same")] in rows


def test_new_sites_are_picked_first_and_marked(told: Told) -> None:
    html = page(told, {}, "en")
    picker = re.search(r'<select id="en-pick-site".*?</select>', html, re.DOTALL)
    assert picker is not None
    new, kept = re.findall(r'<optgroup label="([^"]*)">(.*?)</optgroup>', picker.group(), re.DOTALL)
    assert new[0].startswith("New in") and kept[0] == "There before"
    assert set(re.findall(r'value="([^"]+)"', kept[1])) == set(told.evidence.plans["before_ukk"].sites.id)
    assert "ukk_oku" in new[1]


def test_totals_stand_at_the_foot_of_a_table(told: Told) -> None:
    english = page(told, {}, "en").split('<div class="language"')[1]
    feet = re.findall(r"<tfoot>\s*<tr>\s*<th scope=\"row\">(.*?)</th>", english)
    assert feet == ["Province", "Province", "All people"]


def test_no_cell_has_a_single_number_in_brackets(told: Told) -> None:
    for language in LANGUAGES:
        html = page(told, {}, language)
        cells = re.findall(r"<td[^>]*>(.*?)</td>", html)
        assert not [cell for cell in cells if re.search(r"\((?:Rp\s)?-?[\d.,]+%?\)", re.sub("<[^>]*>", "", cell))]


def test_names_from_a_configuration_cannot_break_out_of_the_page(experiment: Experiment) -> None:
    evil = "</script><script>alert(1)</script>"
    html = page(made_up(experiment, title={"en": evil, "id": evil}), {}, "en")
    assert "<script>alert" not in html
    Parsed(html)


def test_known_figures_are_drawn_in_each_language_under_their_names(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {"known": 100.0, "modelled": 104.0, "ci_low": 102.0, "ci_high": 106.0, "difference_percent": 4.0}
    row = {"figure": "Passports, May", "figure_id": "Paspor, Mei", "difference_in_errors": 3.9, "fitted": "no"}
    known = replace(told, tables={"targets.csv": pd.DataFrame([row | numbers])})
    for name in ("FIGURES", "COMPARING", "WITH_OUTAGES", "WITH_CURVES"):
        monkeypatch.setattr(figures, name, {})
    (tmp_path / FIGURES).mkdir()
    figures.draw_figures(tmp_path / FIGURES, known.evidence, "en", ("svg",), known.tables)
    assert list(written_pictures(known.evidence, tmp_path, "en")) == ["targets"]
    assert list(drawn_pictures(known.evidence, known.tables, "id")) == ["targets"]
    for language, name in (("en", "Passports, May"), ("id", "Paspor, Mei")):
        axes = figures.draw_one("targets", known, language).figure.axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == [name]


def test_every_figure_that_is_drawn_has_a_place_on_the_page_and_words_in_each_language() -> None:
    beside = ("service_days", "sensitivity", "targets")
    drawn = {*FIGURES_DRAWN, *COMPARING, *WITH_CURVES, *WITH_OUTAGES, *beside}
    placed = [name for names in SECTION_FIGURES.values() for name in names]
    assert drawn == set(placed) and len(placed) == len(drawn)
    for language in LANGUAGES:
        assert all(Messages(language).text_or(f"page.figure.{name}", "") for name in drawn)


def test_a_scenario_that_is_compared_with_nothing_is_named_once(experiment: Experiment, tmp_path: Path) -> None:
    alone = made_up(experiment, baseline="with_ukk", main="with_ukk")
    (tmp_path / "warm_up.svg").write_text("<svg></svg>")
    (picture,) = _inlined(alone.evidence, [tmp_path / "warm_up.svg"], "en").values()
    assert picture.alt.count(alone.evidence.titles(Messages("en"))[0]) == 1


def test_figures_put_into_one_page_share_no_names() -> None:
    svg = (
        '<?xml version="1.0"?>\n<svg width="1pt"><defs><path id="b"/><path id="c"/></defs><g id="unused"/>'
        '<g id="area-after-16.01.07" clip-path="url(#b)"><use xlink:href="#c"/></g></svg>'
    )
    text = inline(svg, "en-map", "en0-", 'says "this"')
    assert 'id="en-map-area-after-16.01.07"' in text and "unused" not in text
    names = set(re.findall(r'<path id="([^"]+)"', text))
    assert len(names) == 2 and all(name.startswith("en0-") for name in names)
    assert set(re.findall(r'(?:url.|href=.)#([^")]+)', text)) == names
    assert 'aria-label="says &#34;this&#34;"' in text


def test_a_figure_is_cut_to_its_body_and_keeps_the_size_of_its_letters() -> None:
    svg = '<svg viewBox="0 0 500 400"><g id="body"><path d="M 10 350 \nL 490 350 \nL 490 40 \nL 10 40 \nz "/></g></svg>'
    text = inline(svg, "en-map", "en0-", "a")
    assert 'viewBox="10.0 40.0 480.0 310.0"' in text
    assert f"max-width: {1.4 * 480:.0f}px" in text


def test_styles_that_stand_often_are_told_once_and_lose_nothing() -> None:
    same = "".join(f'<path d="M {n}" style="fill: #123456; stroke: none"/>' for n in range(9))
    text = inline(f'<svg><g><path style="fill: #fff"/>{same}</g></svg>', "en-map", "en0-", "a")
    assert text.count("#123456") == 1 and text.count('class="en0-s0"') == 9
    assert "<style>.en0-s0{fill: #123456; stroke: none}</style>" in text
    assert 'style="fill: #fff"' in text


def test_coordinates_are_told_to_a_tenth_of_a_point_and_letters_keep_their_scale() -> None:
    svg = (
        '<svg><g transform="translate(12.34567 8) scale(0.015625)"><path d="M 12.345 8 \nL -1.26 0.55 \nz "/></g></svg>'
    )
    text = inline(svg, "p", "q", "a")
    assert "translate(12.3 8) scale(0.015625)" in text and 'd="M12.3 8L-1.2 0.55z"' in text


def test_what_is_read_in_a_figure_keeps_its_digits() -> None:
    assert "<title>takes 12.345 hours</title>" in inline(
        "<svg><g><title>takes 12.345 hours</title></g></svg>", "p", "q", "a"
    )


@pytest.mark.parametrize(
    ("value", "english", "indonesian"),
    [
        ("Rp 40000", "Rp 40,000", "Rp 40.000"),
        ("Rp 1.500.000", "Rp 1,500,000", "Rp 1.500.000"),
        ("1.35", "1.35", "1,35"),
        ("10:00", "10:00", "10:00"),
        ("45 days", "45 days", "45 hari"),
        ("1.5 h", "1.5 h", "1,5 jam"),
        ("80 km/h", "80 km/h", "80 km/jam"),
        ('{"document": 1, "interview": 2}', "documents 1; interviews 2", "berkas 1; wawancara 2"),
        ('{"from": "08:00", "to": "12:00"}', "from 08:00; to 12:00", "dari 08:00; sampai 12:00"),
        ("2023-01-02", "2 January 2023", "2 Januari 2023"),
        ('{"3": 0.25, "4": 0.75}', "3: 0.25; 4: 0.75", "3: 0,25; 4: 0,75"),
    ],
)
def test_values_of_a_configuration_are_written_as_the_language_writes_numbers(
    value: str, english: str, indonesian: str
) -> None:
    assert in_words(value, Messages("en")) == english
    assert in_words(value, Messages("id")) == indonesian


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("0,5 (-0,372 sampai -0,133) °", ["0,5", "(-0,372_sampai", "-0,133)_°"]),
        ("Rp 5 (-Rp 2,000 to Rp 1,000) ≈", ["Rp_5", "(-Rp_2,000_to", "Rp_1,000)_≈"]),
        ("Rp 129.000 → Rp 114.000", ["Rp_129.000_→", "Rp_114.000"]),
    ],
)
def test_a_cell_breaks_before_its_interval_and_once_within_and_after_an_arrow(text: str, lines: list[str]) -> None:
    told = re.sub("<.*?>", "", cell(text))
    assert told.replace("\N{NO-BREAK SPACE}", "_").split(" ") == lines
