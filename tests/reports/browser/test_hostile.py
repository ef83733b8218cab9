"""Texts that would be markup, script or links stay text, even where no policy forbids scripts."""

from tests.reports.browser import site_sample


def test_hostile_texts_stay_text(visitor, site):
    said = ""
    page = visitor.visit("index.html", bypass_csp=True)
    for path in sorted(site.rglob("*.html")):
        visitor.go(page, path.relative_to(site))
        made = page.evaluate(
            "[...document.querySelectorAll('*')].filter((one) =>"
            " ['IMG', 'IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'BASE', 'FORM'].includes(one.tagName)"
            " || [...one.attributes].some(({ name }) => name.startsWith('on') || name === 'autofocus'))"
            ".map((one) => one.outerHTML)"
        )
        assert made == [], path.name
        assert page.locator("script").count() == 1
        assert page.locator("link").count() == 2
        assert page.locator("footer").is_visible()  # nothing swallowed it
        assert page.evaluate("[...document.links].every((one) => one.protocol === 'file:')")
        page.mouse.move(300, 300)
        said += page.locator("body").text_content()
    for text in site_sample.TEXTS:
        assert said.count(text) >= 3, text
