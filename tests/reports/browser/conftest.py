"""The site of a history in Debian's Chromium, opened from the disk and watched."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from reports.links import Links, slug
from reports.site import build
from tests.reports.browser import site_sample

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = {"width": 1300, "height": 900}, {"width": 420, "height": 800}

# One page of each kind, by name.
KINDS = {
    **{
        name: Links().page(name)
        for name in (
            "index", "ops", "differences", "observations", "timings", "article", "era", "names", "mutants", "drift",
            "coverage", "runs",
        )
    },
    "op": Links().entry("linalg.det"),
    "difference": Links().signature("prod|grad|value|float32"),
    "hostile": Links().signature(site_sample.HOSTILE),
    "past": f"runs/{slug('20260105-100000-4')}.html",
    "incomplete": f"runs/{slug('20260104-100000-3')}.html",
}  # fmt: skip


@pytest.fixture(scope="package")
def site(tmp_path_factory):
    """The folder of the site."""
    path = tmp_path_factory.mktemp("browser")
    build(site_sample.write_history(path / "runs"), path / "site")
    return path / "site"


@pytest.fixture(scope="package")
def screenshots(tmp_path_factory):
    """Where pictures of the pages are kept: in the folder $SCREENSHOTS, else among pytest's own."""
    folder = os.environ.get("SCREENSHOTS")
    path = Path(folder) if folder else tmp_path_factory.mktemp("screenshots")
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest.fixture(scope="package")
def chromium():
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """Opens pages of the site, and keeps what a page must not do: fail, speak up, or ask for what is not the site's."""

    def __init__(self, chromium, site):
        self.chromium = chromium
        self.site = site
        self.faults = []
        self.contexts = []

    def visit(self, path, **options):
        """A page in a window of its own; `options` are those of a browser's context."""
        context = self.chromium.new_context(**{"viewport": WIDE, "color_scheme": "light"} | options)
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda said: said.type in ("error", "warning") and self._fault(page, said.text))
        page.on("pageerror", lambda error: self._fault(page, str(error)))
        page.on("dialog", lambda dialog: (self._fault(page, f"says {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: self._asked(page, request.url))
        self.go(page, path)
        return page

    def go(self, page, path):
        page.goto(f"{self.site.as_uri()}/{path}")

    def _asked(self, page, url):
        if not url.startswith(self.site.as_uri() + "/"):
            self._fault(page, f"asks for {url}")

    def _fault(self, page, text):
        self.faults.append(f"{page.url.removeprefix(self.site.as_uri())}: {text}")


@pytest.fixture
def visitor(chromium, site):
    """A visitor, of whose pages none may have had a fault by the end of the test."""
    made = Visitor(chromium, site)
    yield made
    for context in made.contexts:
        context.close()
    assert made.faults == []


@pytest.fixture
def visit(visitor):
    return visitor.visit
