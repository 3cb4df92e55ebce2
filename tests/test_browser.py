"""The interactive page in a real browser: offline, by keyboard, on a narrow screen, in three languages, with hostile words in the data."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import CHROMIUM, HERE
from planted import leaks, planted_rooms
from playwright.sync_api import sync_playwright

from kzgraph.export.page import page, write
from kzgraph.export.projection import view
from kzgraph.profiles import released_store
from kzgraph.rooms import Rooms
from kzgraph.store import Store

HOSTILE = '</script><script>window.broken = 1</script><img src=x onerror="window.broken = 2"> {{x}} @DATA@'
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(rooms, tmp_path_factory):
    store = released_store(rooms)
    path = tmp_path_factory.mktemp("page") / "page.html"
    write(view(store, "provision", "act/criminal-code-2014/art_145", at="2026-11-20"), store, str(path))
    return path


@pytest.fixture
def opened(browser, file):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.faults, tab.asked = [], []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.on("console", lambda message: tab.faults.append(message.text) if message.type in ("error", "warning") else None)
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.goto(file.as_uri())
    yield tab
    tab.close()


def test_it_opens_from_a_file_asks_nothing_from_the_network_and_has_no_fault(opened, file):
    assert opened.locator("h2").inner_text() == "Criminal Code, Art. 145"
    opened.get_by_label("Search in English, Russian or Kazakh").fill("discrimination")
    opened.wait_for_timeout(300)
    assert opened.asked == [file.as_uri()] and opened.faults == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("orientation", "sexual orientation"), ("дискриминации", "disc"), ("сексуалдық", "sexual orientation"), ("мүгедектігі", "disability")],
)
def test_search_finds_in_three_languages_and_leads_there(opened, asked, expected):
    opened.locator("#search").fill(asked)
    labels = opened.locator("#results button").all_inner_texts()
    assert labels and any(expected in label.lower() for label in labels), labels
    opened.locator("#results button").first.click()
    assert opened.evaluate("document.activeElement.id") == "here"


def test_it_can_be_used_with_the_keyboard_alone(opened):
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.id") == "search"
    opened.keyboard.type("gender identity")
    opened.keyboard.press("Tab")
    opened.keyboard.press("Enter")
    assert "gender identity" in opened.locator("h2").inner_text().lower()
    opened.locator("#list button").first.focus()
    before = opened.locator("h2").inner_text()
    opened.keyboard.press("Enter")
    assert opened.locator("h2").inner_text() != before


def test_the_slider_shows_the_law_of_the_day(opened):
    days = json.loads(opened.locator("#data").text_content())["days"]
    opened.locator("#time").fill(str(days.index("2016-01-05")))
    assert opened.locator("#day").inner_text() == "2016-01-05"
    assert "residual clause only" not in opened.locator("#list").inner_text()
    opened.locator("#time").fill(str(days.index("2026-11-20")))
    assert "residual clause only: sexual orientation" in opened.locator("#list").inner_text()


def test_filters_take_a_kind_out_of_list_and_picture(opened):
    assert "sexual orientation" in opened.locator("#list").inner_text()
    opened.locator("#kinds input[value=gap]").uncheck()
    assert "residual clause only" not in opened.locator("#list").inner_text()


@pytest.mark.parametrize(("lang", "word"), [("ru", "сексуальная ориентация"), ("kk", "сексуалдық бағдар")])
def test_the_language_changes_words_and_labels(opened, lang, word):
    opened.locator("#language").select_option(lang)
    assert word in opened.locator("#list").inner_text() and opened.evaluate("document.documentElement.lang") == lang


def test_the_list_holds_what_the_picture_shows(opened):
    listed = set(opened.locator("#list li button").all_inner_texts())
    assert len(listed) > 15
    assert opened.locator("canvas").count() >= 1


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_serious(opened, width):
    opened.set_viewport_size({"width": width, "height": 700})
    found = Axe().run(opened).response["violations"]
    assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found if rule["impact"] in ("serious", "critical")] == []


def test_a_narrow_screen_needs_no_scrolling_sideways(opened):
    opened.set_viewport_size({"width": 320, "height": 640})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 320


def test_hostile_words_are_words(browser, toy_rooms, tmp_path):
    planted = f'<https://w3id.org/kzgraph/id/ground/sex> <http://www.w3.org/2004/02/skos/core#prefLabel> {json.dumps(HOSTILE)}@en .'
    laid = Rooms(toy_rooms.ontology, toy_rooms.data, toy_rooms.queries)
    bodies = [(name, body.replace(b'skos:prefLabel "sex"@en', b'skos:altLabel "sex"@en')) for name, body in toy_rooms.turtle]
    laid.__dict__["turtle"] = [*bodies, ("data/p.ttl", planted.encode())]
    store = Store(laid, cache=False, profile="public")
    path = tmp_path / "hostile.html"
    write(view(store, "provision", "act/new-law/art_1", at="2021-02-01"), store, str(path))
    tab = browser.new_page()
    faults = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.goto(path.as_uri())
    tab.wait_for_timeout(300)
    assert tab.evaluate("window.broken") is None and faults == []
    assert HOSTILE.split("<img")[0][:9] in tab.locator("#list").inner_text()
    tab.close()


def test_a_script_that_is_not_ours_does_not_run(browser, file, tmp_path):
    text = file.read_text(encoding="utf-8").replace("</body>", "<script>window.broken = 3</script></body>")
    (tmp_path / "changed.html").write_text(text, encoding="utf-8")
    tab = browser.new_page()
    tab.goto((tmp_path / "changed.html").as_uri())
    assert tab.evaluate("window.broken") is None
    tab.close()


def test_the_same_view_gives_the_same_page_and_no_secret_is_in_it(rooms, tmp_path):
    store = released_store(rooms)
    graph = view(store, "gaps", at="2026-11-20", lang="kk")
    assert page(graph, store) == page(graph, store)
    secret = released_store(planted_rooms(tmp_path))
    write(view(secret, "case", "case/2021-001", at="2021-02-01"), secret, str(tmp_path / "case.html"))
    assert leaks(tmp_path / "case.html") == [] and HERE
