"""Claims of the page in a browser: it opens from disk, asks for nothing, and its switch, tables and pickers work."""

from __future__ import annotations

import codecs
import io
import re
import shutil
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pypdf import PdfReader

from sim.report.evidence import Evidence
from sim.report.maps.areas import areas_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAM = next((found for name in BROWSERS if (found := shutil.which(name))), None)
PHONE = {"width": 390, "height": 844}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason=f"no browser: none of {', '.join(BROWSERS)} is installed"),
]


class Opened:
    """The page in a browser, and all that it asked for or complained of."""

    def __init__(self, browser: Any, path: Path) -> None:
        self.heard: list[str] = []
        self.address = path.as_uri()
        self.tab = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        self.tab.on("console", lambda message: self.heard.append(message.text))
        self.tab.on("pageerror", lambda error: self.heard.append(str(error)))
        self.tab.on("request", lambda request: self.heard.append(request.url))
        self.tab.goto(self.address)

    def top(self, selector: str) -> float:
        return float(self.tab.locator(selector).first.evaluate("(one) => one.getBoundingClientRect().top"))

    def scroll_to(self, selector: str, top: int) -> None:
        move = "(one, top) => scrollBy({ top: one.getBoundingClientRect().top - top, behavior: 'instant' })"
        self.tab.locator(selector).first.evaluate(move, top)

    def texts(self, selector: str) -> list[str]:
        return [text.strip() for text in self.tab.locator(selector).all_inner_texts()]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Any, whole_page: Path) -> Iterator[Opened]:
    page = Opened(browser, whole_page)
    yield page
    assert page.heard == [page.address], "the page asked for something, or complained"
    page.tab.close()


def test_the_switch_changes_language_title_and_numbers_without_loading_again(opened: Opened) -> None:
    tab = opened.tab
    assert tab.title().startswith("What <four>")
    assert tab.is_visible("#en-finding") and not tab.is_visible("#id-finding")
    tab.click("[data-choose=id]")
    assert tab.is_visible("#id-finding") and not tab.is_visible("#en-finding")
    assert tab.title().startswith("Manfaat <empat>")
    assert tab.evaluate("document.documentElement.lang") == "id"
    assert tab.get_attribute("[data-choose=id]", "aria-pressed") == "true"
    assert "2023 sampai 31 Desember 2023" in tab.inner_text("[data-language=id] .lead")
    tab.click("[data-choose=en]")
    assert tab.is_visible("#en-finding")


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_page_breaks_no_rule_of_accessibility_that_axe_knows(opened: Opened, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    opened.tab.click(f"[data-choose={language}]")
    results = axe.Axe().run(opened.tab)
    assert results.response["passes"], "nothing was looked at"
    assert results.violations_count == 0, results.generate_report()


def test_the_chosen_language_is_kept_on_loading_again(opened: Opened) -> None:
    opened.tab.click("[data-choose=id]")
    opened.tab.reload()
    assert opened.tab.is_visible("#id-finding") and not opened.tab.is_visible("#en-finding")
    opened.heard[:] = opened.heard[:1]


@pytest.mark.parametrize("size", [{"width": 1280, "height": 900}, PHONE])
def test_the_place_on_the_page_stays_when_the_language_changes(opened: Opened, size: dict[str, int]) -> None:
    tab = opened.tab
    tab.set_viewport_size(size)
    for part in ("figure:has([data-save=map_flows])", "figure:has([data-save=waits_by_site])", "[id$=-gains-table-1]"):
        opened.scroll_to(f"[data-language=en] {part}", 30)
        before = opened.top(f"[data-language=en] {part}")
        tab.click("[data-choose=id]")
        assert opened.top(f"[data-language=id] {part}") == pytest.approx(before, abs=2)
        tab.click("[data-choose=en]")
        assert opened.top(f"[data-language=en] {part}") == pytest.approx(before, abs=2)


def test_a_regency_or_site_stays_picked_when_the_language_changes(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("[id='en-map_regencies-area-after-16.02']").click(force=True)
    tab.click("[data-choose=id]")
    assert tab.is_visible("figure:has([data-save=map_regencies]) #id-chosen")
    assert tab.inner_text("#id-chosen") == "Ogan Komering Ilir"
    tab.select_option("#id-pick-site", value="ukk_oku")
    tab.click("[data-choose=en]")
    assert tab.input_value("#en-pick-site") == "ukk_oku" and tab.input_value("#en-pick-regency") == ""
    assert tab.inner_text("#en-chosen") == "UKK Ogan Komering Ulu"
    tab.select_option("#en-pick-site", value="")
    tab.click("[data-choose=id]")
    assert not tab.is_visible("#id-chosen")


def test_the_way_back_leads_to_the_part_and_language_that_were_read(opened: Opened) -> None:
    tab = opened.tab
    for part in ("access", "load"):
        tab.click(f"[data-language=en] nav a[href='#en-{part}']")
    tab.click("[data-choose=id]")
    assert tab.url == f"{opened.address}#id-load"
    tab.go_back()
    tab.wait_for_selector("#en-access")
    assert tab.evaluate("document.documentElement.lang") == "en"
    assert 0 <= opened.top("#en-access") <= 120
    tab.click("[data-choose=id]")
    tab.go_back()
    tab.wait_for_selector("#en-finding")
    assert tab.url == opened.address, "as it was opened"
    opened.heard[:] = opened.heard[:1]


def test_the_page_opens_in_the_language_of_the_report_unless_a_link_says_another(
    browser: Any, whole_page: Path
) -> None:
    """Whatever the browser's: who makes a report in a language means those who read it."""
    context = browser.new_context(locale="id-ID")
    tab = context.new_page()
    tab.goto(whole_page.as_uri())
    assert tab.is_visible("#en-finding")
    for name in ("en", "id"):
        tab.goto("about:blank")
        tab.goto(f"{whole_page.as_uri()}#{name}-load")
        assert tab.is_visible(f"#{name}-load")
    context.close()


def test_the_numbers_of_a_figure_can_be_saved_from_the_page_alone(opened: Opened, tmp_path: Path) -> None:
    with opened.tab.expect_download() as saving:
        opened.tab.click("[data-language=en] [data-save=waits_by_site]")
    assert saving.value.suggested_filename == "waits_by_site.csv"
    saving.value.save_as(tmp_path / "saved.csv")
    beside = Path(opened.address.removeprefix("file://")).parent / "figures" / "waits_by_site.csv"
    told = beside.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert (tmp_path / "saved.csv").read_bytes() == codecs.BOM_UTF8 + told
    opened.heard[:] = [text for text in opened.heard if not text.startswith("blob:")]


@pytest.mark.parametrize(("language", "between", "decimal"), [("en", ",", "."), ("id", ";", ",")])
@pytest.mark.parametrize(("figure", "column"), [("map_regencies", "id"), ("map_flows", "district")])
def test_saved_numbers_open_in_a_spreadsheet_with_settings_of_the_language(
    opened: Opened, tmp_path: Path, language: str, between: str, decimal: str, figure: str, column: str
) -> None:
    opened.tab.click(f"[data-choose={language}]")
    with opened.tab.expect_download() as saving:
        opened.tab.click(f"[data-language={language}] [data-save={figure}]")
    saving.value.save_as(tmp_path / "saved.csv")
    assert (tmp_path / "saved.csv").read_bytes().startswith(codecs.BOM_UTF8)
    beside = Path(opened.address.removeprefix("file://")).parent / "figures" / f"{figure}.csv"
    expected = pd.read_csv(beside, dtype={column: str})
    saved = pd.read_csv(tmp_path / "saved.csv", sep=between, decimal=decimal, encoding="utf-8-sig")
    assert list(saved[column]) == [f'="{code}"' for code in expected[column]], "no code is taken for a number or a time"
    pd.testing.assert_frame_equal(saved.drop(columns=column), expected.drop(columns=column))
    opened.heard[:] = [text for text in opened.heard if not text.startswith("blob:")]


def test_only_columns_of_one_unit_can_be_sorted(opened: Opened) -> None:
    assert opened.tab.locator("section[aria-labelledby=en-main] .sort").count() == 0
    assert opened.tab.locator("section[aria-labelledby=en-gains] .sort").count() == 9 + 4


def test_a_link_to_a_part_opens_its_language(opened: Opened) -> None:
    opened.tab.goto("about:blank")
    opened.tab.goto(f"{opened.address}#id-load")
    assert opened.tab.is_visible("#id-load")
    opened.heard[:] = opened.heard[:1]


def test_pressing_a_heading_sorts_by_number_and_again_the_other_way(opened: Opened) -> None:
    table = "#en-gains-table-1 ~ .frame table"
    head = f"{table} thead th:nth-child(2)"
    numbers = f"{table} tbody td:nth-child(2)"
    orders = []
    for way in ("descending", "ascending"):
        opened.tab.click(f"{head} button")
        assert opened.tab.get_attribute(head, "aria-sort") == way
        orders.append([float(text) for text in opened.texts(numbers)])
    assert orders[0] == sorted(orders[0], reverse=True)
    assert orders[1] == sorted(orders[0])
    assert orders[0] != orders[1]
    assert len(orders[0]) == 17
    assert opened.texts(f"{table} tfoot th") == ["Province"]


def test_a_column_of_names_sorts_from_a_on_and_one_of_two_numbers_says_by_which(opened: Opened) -> None:
    head = "#en-gains-table-1 ~ .frame thead th:nth-child(1)"
    opened.tab.click(f"{head} button")
    assert opened.tab.get_attribute(head, "aria-sort") == "ascending"
    titles = opened.tab.locator("#en-load-table-1 ~ .frame .sort").evaluate_all("(all) => all.map((one) => one.title)")
    assert not titles[0].endswith("(after)") and all(title.endswith(" (after)") for title in titles[1:])


@pytest.mark.parametrize("language", ["en", "id"])
def test_picking_a_regency_or_a_site_shows_its_figures(opened: Opened, language: str) -> None:
    tab = opened.tab
    tab.click(f"[data-choose={language}]")
    table, caption = f"[data-places={language}] table", f"#{language}-chosen"
    assert not tab.is_visible(table)
    tab.select_option(f"#{language}-pick-regency", label="Lubuklinggau")
    assert tab.inner_text(caption) == "Lubuklinggau"
    assert len(opened.texts(f"{table} th.group")) == 2
    assert len(opened.texts(f"{table} tbody tr")) >= 15
    tab.select_option(f"#{language}-pick-site", value="ukk_oku")
    assert tab.inner_text(caption) == "UKK Ogan Komering Ulu"
    assert tab.input_value(f"#{language}-pick-regency") == ""
    tab.select_option(f"#{language}-pick-site", value="")
    assert not tab.is_visible(table)


@pytest.mark.parametrize("language", ["en", "id"])
def test_pointing_at_a_district_a_regency_or_a_site_shows_its_value(
    opened: Opened, evidence: Evidence, language: str
) -> None:
    tab = opened.tab
    plan = evidence.plans["with_ukk"]
    largest = int(np.argmax([cell.area for cell in areas_of(plan).districts]))
    code, name = plan.districts.code[largest], plan.districts.name[largest]
    tab.click(f"[data-choose={language}]")
    assert not tab.is_visible(".tip")
    for part, words in (
        (f"map_travel_time-area-after-{code}", {"en": f"{name}, ", "id": " menit"}),
        ("map_regencies-area-before-16.02", {"en": "hours (", "id": "jam ("}),
        (f"map_flows-area-after-{code}", {"en": " to ", "id": " ke "}),
        ("map_flows-site-after-ukk_oku", {"en": "applicants from", "id": "pemohon dari"}),
    ):
        tab.locator(f"[id='{language}-{part}']").hover(force=True)
        assert words[language] in tab.inner_text(".tip")
    tab.locator(f"#{language}-finding").hover()
    assert not tab.is_visible(".tip")


def test_a_switch_of_a_map_shows_one_panel_alone_and_all_again(opened: Opened) -> None:
    tab = opened.tab
    svg = tab.locator("figure:has([data-view=en-map_travel_time-view-after]) svg:not(.key)")
    key = tab.locator("figure:has([data-view=en-map_travel_time-view-after]) svg.key")
    assert not key.is_visible()
    whole = svg.get_attribute("viewBox")
    boxes = {whole}
    for name in ("before", "after", "difference"):
        button = f"[data-view=en-map_travel_time-view-{name}]"
        tab.click(button)
        assert tab.get_attribute(button, "aria-pressed") == "true"
        boxes.add(svg.get_attribute("viewBox"))
        frame = tab.locator(f"[id^='en-map_travel_time-area-{name}-16.02']").first.bounding_box()
        room = svg.bounding_box()
        assert room["x"] <= frame["x"] and frame["x"] + frame["width"] <= room["x"] + room["width"]
        assert key.is_visible() and key.bounding_box()["y"] >= room["y"] + room["height"]
    assert len(boxes) == 4
    scale = "(one) => one.getBoundingClientRect().width / one.viewBox.baseVal.width"
    assert key.evaluate(scale) == pytest.approx(svg.evaluate(scale), rel=0.01), "letters of one size"
    other = tab.locator("figure:has([data-view=en-map_regencies-view-after]) svg:not(.key)")
    assert other.get_attribute("viewBox") not in boxes - {whole}
    tab.click("figure:has([data-view=en-map_travel_time-view-after]) [data-view='']")
    assert svg.get_attribute("viewBox") == whole and not key.is_visible()


@pytest.mark.parametrize("language", ["en", "id"])
def test_pressing_a_regency_or_a_site_on_a_map_shows_it_beside_the_map_with_a_way_back(
    opened: Opened, language: str
) -> None:
    tab = opened.tab
    tab.click(f"[data-choose={language}]")
    caption = f"#{language}-chosen"
    tab.locator(f"[id='{language}-map_regencies-area-after-16.02']").click(force=True)
    assert tab.inner_text(caption) == "Ogan Komering Ilir"
    figure = f"figure:has([data-view={language}-map_regencies-view-after])"
    assert tab.is_visible(f"{figure} {caption}")
    tab.click(f"[data-chosen={language}] [data-back]")
    assert 0 <= tab.locator(f"{figure} h3").bounding_box()["y"] < 900
    tab.locator(f"[id='{language}-map_travel_time-site-after-ukk_oku']").click(force=True)
    assert tab.inner_text(caption) == "UKK Ogan Komering Ulu"


def test_a_phone_shows_the_main_scenario_first_and_touching_tells_a_value(browser: Any, whole_page: Path) -> None:
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    tab = phone.new_page()
    tab.goto(whole_page.as_uri())
    assert tab.get_attribute("[data-view=en-map_travel_time-view-after]", "aria-pressed") == "true"
    tab.locator("[id='en-map_regencies-area-after-16.02']").tap(force=True)
    assert "Ogan Komering Ilir" in tab.inner_text(".tip")
    phone.close()


def test_a_map_of_one_panel_takes_the_whole_width_of_a_phone(browser: Any, whole_page: Path, tmp_path: Path) -> None:
    text = re.sub(r'<div class="views.*?</div>', "", whole_page.read_text(encoding="utf-8"), flags=re.DOTALL)
    (tmp_path / "one.html").write_text(re.sub("-view-(before|difference)", r"-\1", text), encoding="utf-8")
    tab = browser.new_page(viewport=PHONE)
    tab.goto((tmp_path / "one.html").as_uri())
    panel = tab.locator("[id='en-map_regencies-view-after']").bounding_box()
    assert panel["width"] > 0.9 * (PHONE["width"] - 30)
    tab.set_viewport_size({"width": 1280, "height": 900})
    svg = tab.locator("svg.figure:has([id='en-map_regencies-view-after'])")
    assert svg.get_attribute("class") == "figure", "the key stands beside it where there is room"
    tab.close()


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_phone_shows_before_after_and_difference_of_a_regency_at_once(
    browser: Any, whole_page: Path, language: str
) -> None:
    tab = browser.new_page(viewport=PHONE)
    tab.goto(f"{whole_page.as_uri()}#{language}")
    tab.select_option(f"#{language}-pick-regency", label="Lubuklinggau")
    heads = tab.locator(f"[data-chosen={language}] thead th")
    assert heads.count() == 4
    last = heads.nth(3).bounding_box()
    assert last["x"] + last["width"] <= PHONE["width"]
    assert tab.locator(f"[data-chosen={language}] td > .ends").count() > 5
    tab.close()


def test_text_grows_with_the_font_size_of_the_browser_and_still_fits(opened: Opened) -> None:
    tab = opened.tab
    paragraph = tab.locator("[data-language=en] .said li").first
    size = "(one) => parseFloat(getComputedStyle(one).fontSize)"
    before = paragraph.evaluate(size)
    tab.evaluate("document.documentElement.style.fontSize = '200%'")
    assert paragraph.evaluate(size) == 2 * before
    tab.set_viewport_size(PHONE)
    assert paragraph.evaluate(size) > 1.8 * before
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_only_what_scrolls_is_a_stop_of_the_keyboard(opened: Opened) -> None:
    for size in ({"width": 1280, "height": 900}, PHONE):
        opened.tab.set_viewport_size(size)
        dead = opened.tab.locator("[data-language=en] [tabindex='0']").evaluate_all(
            "(all) => all.filter((one) => one.checkVisibility() && one.scrollWidth <= one.clientWidth + 1).length"
        )
        assert dead == 0


def test_on_a_phone_panels_stack_and_long_lists_are_folded(browser: Any, whole_page: Path) -> None:
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    tab = phone.new_page()
    tab.goto(whole_page.as_uri())
    for name, panels in (("burden_by_regency", 2), ("paired_differences", 6), ("lorenz_curves", 2)):
        stack = tab.locator(f"figure:has([data-save={name}]) >> nth=0").locator(".stack > svg")
        boxes = [box for box in (stack.nth(place).bounding_box() for place in range(stack.count())) if box]
        assert len(boxes) == panels + (name != "paired_differences"), "a legend and the panels"
        for above, below in pairwise(boxes):
            assert below["y"] >= above["y"] + above["height"]
        assert all(box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    assert not tab.is_visible("#en-assumed-table-1")
    tab.click("section[aria-labelledby=en-assumed] summary >> nth=0")
    assert tab.is_visible("#en-assumed-table-1")
    assert not tab.is_visible("section[aria-labelledby=en-stress] dl")
    phone.close()


def test_a_wide_table_on_a_phone_keeps_its_first_column_and_shades_where_there_is_more(
    browser: Any, whole_page: Path
) -> None:
    phone = browser.new_context(viewport=PHONE, has_touch=True)
    tab = phone.new_page()
    tab.goto(whole_page.as_uri())
    frame = tab.locator("#en-gains-table-1 ~ .frame")
    first = frame.locator("tbody th").first
    caption, before = tab.locator("#en-gains-table-1").bounding_box(), first.bounding_box()
    assert "more" in frame.get_attribute("class").split()
    tab.evaluate("document.querySelector('#en-gains-table-1 ~ .frame > .scroll').scrollLeft = 10000")
    # The page forbids the evaluation of texts, by which a condition would be waited for.
    tab.locator("#en-gains-table-1 ~ .frame:not(.more)").wait_for()
    assert first.bounding_box()["x"] == before["x"]
    assert tab.locator("#en-gains-table-1").bounding_box() == caption
    phone.close()


def test_the_heading_of_a_long_table_stays_in_sight(opened: Opened) -> None:
    tab = opened.tab
    tab.locator("#en-gains-table-1 ~ .frame tbody tr >> nth=14").scroll_into_view_if_needed()
    row = tab.locator("#en-gains-table-1 ~ .frame tbody tr >> nth=10")
    row.evaluate("(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - 120)")
    head = tab.locator("#en-gains-table-1 ~ .frame thead th >> nth=0").bounding_box()
    assert 0 <= head["y"] <= row.bounding_box()["y"]
    bar = tab.locator(".switch").bounding_box()
    assert head["y"] <= bar["y"] + bar["height"], "no text shows between the bar and the heading"


def test_without_scripts_both_languages_and_all_panels_are_there(browser: Any, whole_page: Path) -> None:
    plain = browser.new_context(java_script_enabled=False)
    tab = plain.new_page()
    tab.goto(whole_page.as_uri())
    assert tab.is_visible("#en-maps") and tab.is_visible("#id-maps")
    assert not tab.is_visible(".views") and not tab.is_visible(".tip")
    assert tab.locator("[id='en-map_regencies-area-after-16.03'] > title").text_content().startswith("Muara Enim: ")
    plain.close()


def test_a_page_fits_a_phone_and_only_tables_and_figures_scroll_sideways(opened: Opened) -> None:
    opened.tab.set_viewport_size(PHONE)
    for language in ("en", "id"):
        opened.tab.click(f"[data-choose={language}]")
        assert opened.tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_print_shows_one_language_without_controls_and_cuts_off_no_table(opened: Opened) -> None:
    tab = opened.tab
    tab.set_viewport_size({"width": 688, "height": 1000})
    for language in ("id", "en"):
        tab.emulate_media(media="screen")
        tab.click(f"[data-choose={language}]")
        tab.emulate_media(media="print")
        assert not tab.is_visible(".switch") and not tab.is_visible(f"#{language}-places")
        assert tab.evaluate("document.documentElement.scrollWidth") <= 688


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_sheet_ends_with_the_heading_of_the_maps(opened: Opened, language: str) -> None:
    tab = opened.tab
    tab.click(f"[data-choose={language}]")
    maps = f"section[aria-labelledby={language}-maps]"
    heading = "".join(tab.inner_text(f"{maps} h3 >> nth=0").split())
    # What a word means, and a map: all else would make the sheets many.
    tab.evaluate(
        """(maps) => {
          const kept = document.querySelector(maps);
          const words = document.querySelector(".language:not([hidden]) section:has(.scenarios)");
          for (const other of kept.parentElement.children) if (other !== kept && other !== words) other.hidden = true;
          words.querySelectorAll(":scope > :not(.scenarios)").forEach((one) => { one.hidden = true; });
          kept.querySelectorAll("figure ~ figure").forEach((one) => { one.hidden = true; });
        }""",
        maps,
    )
    word = tab.locator(".language:not([hidden]) .scenarios >> nth=0").locator("> div").first
    for _ in range(4):
        word.evaluate("(one) => { for (let count = 0; count < 12; count++) one.after(one.cloneNode(true)); }")
        sheets = PdfReader(io.BytesIO(tab.pdf(format="A4", prefer_css_page_size=True))).pages
        for sheet in sheets:
            told = "".join(unicodedata.normalize("NFKC", sheet.extract_text()).split())
            assert not told.endswith(heading)


@pytest.mark.parametrize("words", [0, 60])
def test_the_finding_prints_from_the_first_sheet_on(opened: Opened, words: int) -> None:
    points = opened.tab.locator("[data-language=en] .lead dd")
    points.evaluate_all("(all, words) => all.forEach(one => one.append(' more'.repeat(words)))", words)
    sheets = PdfReader(io.BytesIO(opened.tab.pdf(format="A4", prefer_css_page_size=True))).pages
    # Where lines end, and which letters are set as one, is up to the browser.
    first = "".join(unicodedata.normalize("NFKC", sheets[0].extract_text()).split())
    printed = ["".join(text.split()) in first for text in points.all_inner_texts()]
    assert all(printed) if not words else printed[0] and not printed[-1]


def test_text_stands_out_from_its_background_by_four_and_a_half_to_one(opened: Opened) -> None:
    """The contrast of WCAG 2.1, 1.4.3, of every element that holds text of its own."""
    lowest = opened.tab.evaluate(
        """() => {
          const light = (text) => {
            const [r, g, b] = text.match(/[\\d.]+/g).map(Number)
              .map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const ground = (one) => {
            for (let at = one; at; at = at.parentElement) {
              const colour = getComputedStyle(at).backgroundColor;
              if (!/, 0\\)$/.test(colour)) return colour;
            }
            return "rgb(255, 255, 255)";
          };
          const own = [...document.querySelectorAll("body *:not(script):not(style)")].filter((one) =>
            !one.closest("svg") && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
          return Math.min(...own.map((one) => {
            const pair = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => b - a);
            return (pair[0] + 0.05) / (pair[1] + 0.05);
          }));
        }"""
    )
    assert lowest >= 4.5
