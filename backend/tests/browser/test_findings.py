"""What a finding says, whose figures lead to readings, and that no screen contradicts another."""

import datetime as dt
import re
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visit
from tests.browser.walking import asked

NUMBER = re.compile(r"\d[\d.,:]*")
SPOKEN = {
    "en-GB": {"outside": "your usual", "also": "Also", "limit": "reference limit"},
    "de-DE": {"outside": "üblichen Bereich", "also": "Ebenfalls", "limit": "Referenzwert"},
}


def open_explanation(page: Page, finding: dict[str, Any]) -> Any:
    page.goto(f"/review?status=all&finding={finding['id']}")
    told = page.locator("[data-explanation]")
    expect(told.get_by_role("link").first).to_be_visible()
    return told


@pytest.mark.parametrize("locale", list(SPOKEN))
def test_each_figure_of_an_explanation_leads_to_what_it_came_from(
    visit: Visit, signed_in: dict[str, Any], locale: str
) -> None:
    page = visit("/more", storage_state=signed_in, locale=locale, viewport=PHONE)
    for finding in asked(page, "/api/anomalies?limit=4")["items"]:
        clauses = finding["evidence"]["clauses"]
        told = open_explanation(page, finding)
        text = told.inner_text()
        for clause in clauses:
            assert SPOKEN[locale].get(clause["kind"], "") in text
        links = {
            link.inner_text(): link.get_attribute("href") for link in told.get_by_role("link").all()
        }
        assert_figures_lead_somewhere(text, links, clauses)
        assert_days(links, finding)


def assert_figures_lead_somewhere(
    text: str, links: dict[str, str | None], clauses: list[dict[str, Any]]
) -> None:
    """Beside the links stand names, the day and the guideline, and no other number."""
    rest = text
    for link in links:
        rest = rest.replace(link, "")
    named = " ".join(str(clause["guideline"] or "") for clause in clauses)
    loose = [n for n in NUMBER.findall(rest) if n.strip(".,:") not in named]
    assert len(loose) <= len(clauses) - sum(c["kind"] == "also" for c in clauses), text


def assert_days(links: dict[str, str | None], finding: dict[str, Any]) -> None:
    day = dt.date.fromisoformat(finding["date"])
    before = str(day - dt.timedelta(1))
    ends = set()
    for href in links.values():
        opened = parse_qs(urlparse(href or "").query)["readings"][0]
        _, first, last, *columns = opened.split(".")
        assert first <= last
        assert columns
        ends.add(last)
    assert ends <= {str(day), before}
    assert str(day) in ends


def test_the_readings_behind_a_figure_open(visit: Visit, signed_in: dict[str, Any]) -> None:
    page = visit("/more", storage_state=signed_in)
    (finding,) = asked(page, "/api/anomalies?limit=1")["items"]
    told = open_explanation(page, finding)
    told.get_by_role("link").first.click()
    sheet = page.get_by_role("dialog", name="The readings behind it")
    expect(sheet.get_by_role("listitem").first).to_be_visible()
    page.go_back()
    expect(page.locator("[data-explanation]")).to_be_visible()


def test_today_review_and_calendar_mark_the_same_days(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/more", storage_state=signed_in)
    found = asked(page, "/api/anomalies?limit=200")["items"]
    unusual = next(finding for finding in found if finding["is_unusual"])
    day, metric = unusual["date"], unusual["metric_name"]
    names = {m["key"]: m["label"] for m in asked(page, "/api/metrics")["metrics"]}
    page.goto(f"/?date={day}")
    numbers = page.get_by_role("region", name="Your numbers")
    marked = numbers.get_by_role("link").filter(has_text=re.compile("(above|below) your usual"))
    of_day = [f for f in found if f["date"] == day and f["is_unusual"]]
    expect(marked).to_have_count(len(of_day))
    expect(marked.filter(has_text=names[metric]).first).to_be_visible()
    told = asked(page, f"/api/dashboard?period=daily&date={day}")["open_anomalies"]["total"]
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"{told} thing{'s' * (told > 1)} worth a look"
    )
    page.goto(f"/calendar/{metric}")
    cells = page.get_by_role("main").get_by_role("button", name="unusual for you")
    days = {f["date"] for f in found if f["metric_name"] == metric and f["is_unusual"]}
    expect(cells.first).to_be_visible()
    assert {cell.get_attribute("data-date") for cell in cells.all()} == days


def test_a_day_without_findings_is_called_calm_and_has_no_mark(
    visit: Visit, signed_in: dict[str, Any]
) -> None:
    page = visit("/more", storage_state=signed_in)
    today = dt.date.fromisoformat(asked(page, "/api/dashboard?period=daily")["date"])
    for ago in range(60):
        day = today - dt.timedelta(ago)
        told = asked(page, f"/api/dashboard?period=daily&date={day}")
        if told["open_anomalies"]["total"] == 0 and told["status"] == "ready":
            break
    else:
        pytest.fail("the demo account has a finding in every fortnight")
    page.goto(f"/?date={day}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing unusual lately")
    numbers = page.get_by_role("region", name="Your numbers")
    expect(numbers.get_by_role("link").first).to_be_visible()
    expect(numbers.get_by_text(re.compile("(above|below) your usual"))).to_have_count(0)
