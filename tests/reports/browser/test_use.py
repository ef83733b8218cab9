"""Filters, sorting, copying and links of a site, used with a mouse and with a keyboard alone."""

import pytest

from reports.links import Links
from tests.reports.browser import site_sample
from tests.reports.browser.conftest import KINDS


def rows(page, table):
    """The first cells of the rows that are shown."""
    return page.locator(f"#{table} tbody tr:visible > :first-child").all_inner_texts()


def press_until(page, selector, key="Tab", most=400):
    """Go on with one key until an element has the focus."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never comes to {selector}")


SEARCHED = [
    ("ops", "matrix", "#matrix", "det"),
    ("ops", "ops-table", "#ops-table", "cumprod"),
    ("differences", "differences-list", "#differences-list", "prod grad"),
    ("article", "claims-table", "#claims-table", "default"),
    ("era", "era-table", "#era-table", "sum"),
    ("names", "names-table", "#names-table", "nan"),
    ("mutants", "caught-table", "#caught-table", "op_10"),
    ("runs", "runs-table", "#runs-table", "-3"),
]


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
@pytest.mark.parametrize(("kind", "id", "table", "words"), SEARCHED, ids=[one[1] for one in SEARCHED])
def test_search_shows_what_has_the_words(visit, kind, id, table, words, keys):
    page = visit(KINDS[kind])
    all_rows = page.locator(f"{table} tbody tr:not(.group)")
    tools = f".tools:has([data-shown={id}])" if id != "matrix" else ".tools[data-matrix]"
    field, told = f"{tools} [data-search]", page.locator(f"{tools} output")
    if keys:
        press_until(page, field)
        page.keyboard.type(words)
    else:
        page.locator(field).fill(words)
    shown = page.locator(f"{table} tbody tr:not(.group):visible")
    assert 0 < shown.count() < all_rows.count()
    assert told.inner_text() == f"{shown.count()} of {all_rows.count()}"
    if keys:
        page.keyboard.press("Control+a")
        page.keyboard.press("Delete")
    else:
        page.locator(field).fill("")
    assert shown.count() == all_rows.count()
    assert told.inner_text() == ""


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
def test_a_status_leaves_the_rows_that_have_it(visit, keys):
    page = visit("differences.html")
    choice = '[data-status="differences-list"]'
    if keys:
        press_until(page, choice)
        page.keyboard.type("accepted")
    else:
        page.locator(choice).select_option("accepted")
    states = page.locator("#differences-list tbody tr:visible .chip").all_inner_texts()
    assert states
    assert all("accepted" in state for state in states)


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
def test_entries_are_found_by_state_and_dtype(visit, keys):
    page = visit("ops.html")
    for name, value in (("state", "differs"), ("dtype", "float32")):
        if keys:
            press_until(page, f"[data-matrix] [data-{name}]")
            page.keyboard.type(value)
        else:
            page.locator(f"[data-matrix] [data-{name}]").select_option(value)
    assert rows(page, "matrix") == ["linalg.det", "mul"]


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
def test_a_column_sorts_both_ways(visit, keys):
    page = visit("ops.html")
    head = "#ops-table thead th:nth-child(3)"

    def toggle():
        if keys:
            page.keyboard.press("Enter")
        else:
            page.locator(f"{head} button").click()
        cells = page.locator("#ops-table tbody tr > :nth-child(3)").all_inner_texts()
        return page.locator(head).get_attribute("aria-sort"), [int(cell) for cell in cells]

    if keys:
        press_until(page, f"{head} button")
    order, numbers = toggle()
    assert (order, numbers) == ("descending", sorted(numbers, reverse=True))
    order, numbers = toggle()
    assert (order, numbers) == ("ascending", sorted(numbers))
    assert page.locator("#ops-table [aria-sort]").count() == 1


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keyboard"])
def test_a_script_is_copied(visit, keys):
    page = visit(KINDS["difference"], permissions=["clipboard-read", "clipboard-write"])
    if keys:
        press_until(page, ".copy")
        page.keyboard.press("Space")
    else:
        page.locator(".copy").click()
    page.locator(".copy", has_text="Copied").wait_for()
    script = page.evaluate("navigator.clipboard.readText()")
    assert script == page.locator(".code code").text_content()
    assert script.startswith('"""prod|grad|value|float32: reduced from')


def test_a_script_is_selected_where_nothing_can_be_copied(visit):
    page = visit(KINDS["difference"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(); }")
    page.locator(".copy").click()
    page.locator(".copy", has_text="Selected").wait_for()
    assert page.evaluate("getSelection().toString()").startswith('"""prod|grad')


def test_the_bars_of_timings_are_chosen(visit):
    page = visit("timings.html")
    press_until(page, "[data-phases] input")
    page.keyboard.press("ArrowDown")
    assert page.locator("table.timings").first.get_attribute("data-phase") == "forward_backward"


def test_the_first_key_leads_past_the_links(visit):
    page = visit("index.html")
    page.keyboard.press("Tab")
    assert page.locator(".skip").evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_pages_lead_to_each_other(visit):
    page = visit("index.html")
    for at in range(page.locator("nav li a").count()):
        link = page.locator("nav li a").nth(at)
        name = link.evaluate("(one) => one.firstChild.textContent.trim()")
        link.click()
        assert (
            page.locator("nav [aria-current]").evaluate("(one) => one.firstChild.textContent.trim()") == name
        )
    page.go_back()
    page.locator("nav li a").first.click()
    page.locator("#since a[href^='differences/']").first.click()
    assert "/differences/" in page.url
    assert page.locator("h1").is_visible()


TARGETS = {
    "op": (Links().op("linalg.inv"), "op/linalg.inv"),
    "entry": (Links().to("ops", "entry", "fft.rfft"), "entry/fft.rfft"),
    "signature": (
        Links().to("differences", "signature", "detach|repr|text|complex64"),
        "signature/detach/repr/text/complex64",
    ),
    "program": (Links().program(site_sample.FREQUENT, "m-7-0"), "program/m-7-0"),
    "folded program": (
        Links().program(site_sample.FREQUENT, site_sample.FOLDED),
        f"program/{site_sample.FOLDED}",
    ),
    "claim": (Links().to("article", "claim", "np-arrary"), "claim/np-arrary"),
    "idiom": (Links().to("era", "idiom", "grad-none"), "idiom/grad-none"),
    "name": (Links().to("names", "name", "nanmean"), "name/nanmean"),
    "hostile op": (Links().op(site_sample.IMAGE), f"op/{site_sample.IMAGE.replace(' ', '_')}"),
}


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("what", TARGETS)
def test_a_link_shows_what_it_names(visit, what, script):
    address, id = TARGETS[what]
    page = visit(address, java_script_enabled=script)
    target = page.locator(":target")
    assert target.get_attribute("id") == id
    if script or what != "folded program":
        assert in_view(target)


def in_view(target):
    return target.evaluate(
        "(one) => { const box = one.getBoundingClientRect();"
        " return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight; }"
    )


def test_a_link_shows_what_a_filter_hides(visit):
    page = visit("era.html")
    page.locator("[data-search]").fill("loss")
    assert not page.locator("[id='idiom/grad-none']").is_visible()
    page.evaluate("location.hash = 'idiom/grad-none'")
    page.locator("[id='idiom/grad-none']").wait_for(state="visible")
    assert in_view(page.locator(":target"))


def test_a_link_that_names_nothing_does_no_harm(visit):
    page = visit("ops.html#%")
    page.evaluate("location.hash = '#op/none'")
    assert page.locator("h1").is_visible()
