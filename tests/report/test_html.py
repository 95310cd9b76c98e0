"""The report as a file: whole in itself, honest about its sources, the same bytes each time."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

import pytest

from rapallo.report.html import render, write_report
from tests.report.runs import write_runs

VOID = {"meta", "link", "img", "source", "br", "hr", "input"}


class Page(HTMLParser):
    """Collects elements with their classes, and whatever a browser would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.keys: dict[str, set[str]] = {"cite": set(), "lead": set()}
        self.stack: list[str] = []
        self.figures: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.claims: list[str] = []
        self.broken: list[str] = []
        self.inside = ""
        self.closed_wrongly: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in VOID:
            self.stack.append(tag)
        self.fetched += [found[name] for name in ("src", "srcset", "poster", "data") if found.get(name)]
        if tag in ("link", "script", "iframe"):
            self.fetched.append(found.get("href") or found.get("src") or tag)
        classes = (found.get("class") or "").split()
        for name in self.keys:
            if name in classes:
                self.keys[name].add(found["data-key"])
        if tag == "figure":
            self.figures.append({})
        if self.figures and "figure" in self.stack:
            self.inside = next((each for each in ("shows", "origin") if each in classes), self.inside)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if "claim" in classes:
            self.claims.append(found["id"])
        if "broken-off" in classes:
            self.broken.append(found["id"])

    def handle_endtag(self, tag):
        if not self.stack or self.stack[-1] != tag:
            self.closed_wrongly.append(tag)
        else:
            self.stack.pop()
        if tag in ("p", "ul"):
            self.inside = ""

    def handle_data(self, data):
        if self.inside and self.figures:
            self.figures[-1][self.inside] = self.figures[-1].get(self.inside, "") + data


@pytest.fixture(scope="module")
def text(folder):
    return write_report(folder).read_text("utf-8")


@pytest.fixture(scope="module")
def page(text):
    found = Page()
    found.feed(text)
    return found


def test_it_is_well_formed_and_small(page, text):
    assert page.closed_wrongly == [] and page.stack == []
    assert len(page.ids) == len(set(page.ids))
    assert len(text.encode()) < 4_000_000


def test_nothing_is_fetched(page, text):
    assert page.fetched and all(each.startswith("data:image/svg+xml;base64,") for each in page.fetched)
    assert "@import" not in text and not re.search(r"url\(\s*['\"]?http", text)
    for each in page.fetched:
        svg = base64.b64decode(each.partition(",")[2]).decode()
        assert svg.count("<svg") == 1
        assert not re.search(r'(?:href|src)="(?!#)', svg)


def test_every_link_within_the_page_leads_somewhere(page):
    within = [link[1:] for link in page.links if link.startswith("#")]
    assert within and set(within) <= set(page.ids)
    assert all(link.startswith(("#", "http://", "https://")) for link in page.links)


def test_the_page_of_claims_stands_in_the_report(page, text):
    """A report that is sent on has it: nobody needs the docs to read what each output claims."""
    assert "#what-is-claimed" in page.links and "what-is-claimed" in page.ids
    assert "<td>one simulated history</td>" in text and "Limits that no number shows" in text


def test_no_background_row_is_a_citation(page, interwar):
    status = {key: dict(each.fields).get("status", "") for key, each in interwar.tables.sources.items()}
    assert page.keys["cite"] and page.keys["lead"]
    assert {status[key] for key in page.keys["cite"]} <= {"opened", "dataset"}
    assert not page.keys["cite"] & page.keys["lead"]
    named = {key for row in interwar.tables.acts if row.basis == "background" for key in row.look_up}
    assert not page.keys["cite"] & {key for key in named if status[key] == "not_opened"}


def test_every_figure_says_what_it_shows_and_where_its_numbers_come_from(page):
    assert len(page.figures) >= 9
    for figure in page.figures:
        assert figure["shows"].strip().endswith(".")
        assert figure["shows"].count(". ") == 0, "one sentence"
        assert "Recorded:" in figure["origin"] and "Simulated:" in figure["origin"]
        assert re.search(r"\b(estimated|published|assumed)\b", figure["origin"])


def test_pictures_stand_in_the_order_of_the_subject(page):
    wanted = [
        "recognition-curve", "recognition-dates", "soviet-trade", "german-trade", "two-tracks", "secret-cooperation",
        "sanction-cases", "rearmament", "measures", "table", "rests", "claims", "parameters", "again", "works",
    ]  # fmt: skip
    assert [name for name in page.ids if name in wanted] == wanted


def test_the_texts_page_has_every_claim(page):
    assert len(page.claims) == 37
    assert page.broken == ["TXT020", "TXT023"]


def test_a_sentence_that_breaks_off_is_not_completed(text):
    for name, end in (("TXT020", "western powers that ..."), ("TXT023", "confiscation of property ...")):
        article = text.partition(f'id="{name}"')[2].partition("</article>")[0]
        quoted = article.partition("<blockquote>")[2].partition("</blockquote>")[0]
        assert quoted.partition("<span")[0].endswith(end)
        assert "breaks off here and is not completed" in quoted


def test_every_number_of_the_model_is_there_with_its_origin(text, interwar):
    part = text.partition('id="parameters"')[2].partition("</section>")[0]
    assert part.count("<tr><td>") == len(interwar.parameters)
    assert all(f"<code>{name}</code>" in part for name in interwar.parameters)


def test_tuned_measures_are_marked(text):
    row = text.partition('<table class="measures">')[2].partition("recognised by")[2].partition("</tr>")[0]
    assert "<em>tuned</em>" in row


def test_how_to_make_it_again(text, interwar):
    part = text.partition('id="again"')[2].partition("</section>")[0]
    assert "rapallo run interwar --runs 4 --seed 0 --from 1921-01-01 --to 1939-12-31" in part
    assert interwar.fingerprint in part
    assert "at last" not in text, "when the runs were made is not in it"


def test_the_same_runs_give_the_same_bytes(folder, text, known):
    assert render(known) == text
    assert write_report(folder).read_text("utf-8") == text


def test_a_shorter_span_and_no_acts_still_give_a_report(interwar, tmp_path):
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.experiment.manifest import read_manifest, write_manifest

    folder = write_runs(tmp_path / "short", interwar, 1, 0, "1923-06-01", "1925-06-30")
    manifest = read_manifest(folder)
    for name in ("acts", "series"):
        (folder / f"{name}.parquet").unlink()
    write_manifest(folder, {**manifest, "keeps": "measures"}, manifest["times"])
    found = Page()
    found.feed(render(Ensemble(folder, interwar)))
    assert "recognition-curve" not in found.ids and {"measures", "table", "claims"} <= set(found.ids)


def test_an_order_without_measures_is_drawn_by_its_acts(tmp_path):
    from rapallo.experiment.ensemble import Ensemble
    from rapallo.scenario.load import load

    pair = load("pair")
    found = Page()
    found.feed(render(Ensemble(write_runs(tmp_path / "pair", pair, 2, 1, "1920-01-01", "1929-12-31", names=()), pair)))
    assert "acts" in found.ids and len(found.figures) == 1
    assert "claims" not in found.ids
