import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from reports.document import document
from reports.folder import read_folder
from reports.history import make_history
from reports.links import Links, slug
from reports.markdown import markdown
from reports.pages import Site, pages
from reports.past import past
from reports.report import make_report
from tests.reports.conftest import BUILT

VOID = {"wbr", "col", "meta", "link", "input", "br", "rect", "line", "!doctype"}
HOSTILE = '</pre></script><script>alert("1")</script><img src=x onerror=alert(1)>'


class Page(HTMLParser):
    """Collects what the tests look at, and fails on a tag closed out of turn."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.sources, self.tags, self.text = [], [], [], [], []
        self.open = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if tag == "a" else []
        self.sources += [values[name] for name in ("src", "srcset", "action", "xlink:href") if name in values]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def written(report):
    """The pages of a site of one run, by path."""
    return dict(pages(Site(report, make_history([past(report)]))))


def said(text):
    """What a page says, on one line."""
    return " ".join("".join(Page(text).text).split())


@pytest.fixture
def report(sample):
    return make_report(read_folder(sample), BUILT)


@pytest.fixture
def site(report):
    return written(report)


def test_asks_no_other_host(site):
    for path, text in site.items():
        page = Page(text)
        assert page.sources == ["../" * path.count("/") + "assets/script.js"]
        assert re.findall(r"https?:|//[\w-]+\.|url\(|@import|fetch\(", text) == []


def test_every_id_is_unique_and_every_link_leads_somewhere(site):
    ids = {path: Page(text).ids for path, text in site.items()}
    assert all(len(one) == len(set(one)) for one in ids.values())
    files = {"report.json", "report.md", "junit.xml"}
    for path, text in site.items():
        for link in Page(text).links:
            target, _, part = link.partition("#")
            target = (
                os.path.normpath(os.path.join(os.path.dirname(path), unquote(target))) if target else path
            )
            assert target in files or (target in site and (not part or unquote(part) in ids[target])), link


def test_ops_signatures_and_programs_have_places(report, site):
    assert {f"op/{op.op}" for op in report.ops} <= set(Page(site["ops.html"]).ids)
    for one in report.signatures:
        ids = Page(site[Links().signature(one.text)]).ids
        assert {f"program/{program}" for program in one.programs} <= set(ids)


def test_is_whole_without_javascript(report, site):
    assert report.verdict.sentence in said(site["index.html"])
    assert all(op.op in said(site["ops.html"]) for op in report.ops)
    for signature in report.signatures:
        assert signature.witness.got in "".join(Page(site[Links().signature(signature.text)]).text)


def test_the_head_says_what_differs_and_whether_that_counts(report, site):
    head = site["index.html"].split("</header>")[0]
    text = said(head + "</header></main></div></body></html>")
    for kind in report.kinds:
        assert (f" {kind.kind} {kind.differ}" in text) == (kind.differ > 0)
    most = next(one for one in report.signatures if one.accepted is None)
    assert f"most often at {most.op} {most.kind}" in text
    assert "All 200 controls that must agree do, and all 12 faults put in on purpose were seen." in text
    assert "Finished 3 d 1 h ago, after 1 min 7 s; seed 7, commit 49f35e7, run 20261120-101500-7." in text


def test_a_difference_shows_its_program_unfolded(report, site):
    for signature in (*report.open, *report.accepted):
        text = "".join(Page(site[Links().signature(signature.text)]).text)
        assert all(line in text for step in signature.witness.steps for line in step.code)
        assert signature.text in site["differences.html"]


def test_a_difference_without_a_listing_shows_its_data(report_of, differing):
    program, difference = differing("a", "mul|value|value|float32")
    del difference["listing"]
    site = written(report_of(program, difference | {"script": None}))
    assert "Reduced program" in said(site[Links().signature("mul|value|value|float32")])


def test_records_are_text_not_markup(report_of, differing):
    signature = f"{HOSTILE}|value|{HOSTILE}|float32"
    report = report_of(*differing("<b>", signature, HOSTILE, HOSTILE + "2"), seed=1)
    for text in written(report).values():
        page = Page(text)
        assert page.tags.count("script") == 1
        assert not {"img", "b"} & set(page.tags)
    assert "<script" not in re.sub(r"```.*?```", "", markdown(report), flags=re.DOTALL)


def test_a_name_never_leads_out_of_its_folder(report_of, differing):
    report = report_of(*differing("a", "../../up|value|value|float32"), *differing("b", "/etc|value|a|b"))
    assert all(re.fullmatch(r"([a-z]+/)?[a-z0-9][a-z0-9_.-]*\.html", path) for path in written(report))


def test_names_have_files_of_their_own():
    names = [
        "mul|value",
        "mul/value",
        "Mul|value",
        "mul-value",
        "a" * 200,
        "a" * 201,
        "..",
        ".hidden",
        "CON|x",
    ]
    slugs = [slug(name).lower() for name in names]
    assert len(set(slugs)) == len(names)
    assert all(len(one) < 120 and one[0] != "." for one in slugs)


def test_markdown_fences_hold(report_of, differing):
    program, difference = differing("a", "mul|value|value|float32")
    report = report_of(program, difference | {"script": "x = '''\n```\n'''"})
    assert "````python\nx = '''\n```\n'''\n````" in markdown(report)


@pytest.mark.parametrize(
    "header",
    [{"status": "incomplete"}, {"controls": {"agree": [1, 2], "differ": [2, 2]}}, {"finished": None}],
)
def test_a_run_that_is_not_valid_publishes_no_share(report_of, program, differing, header):
    records = [program("a"), program("b"), *differing("c", "mul|grad|value|float32")]
    valid, broken = report_of(*records), report_of(*records, **header)
    share = re.compile(r"[\d.]+\s%")

    def every_page(one):
        return "".join("".join(Page(text).text) for text in written(one).values())

    for write in (every_page, markdown):
        assert "66.66 %" in write(valid)
        assert share.findall(write(broken).replace("100\N{NO-BREAK SPACE}%", "")) == []
        assert "Nothing below is a result" in write(broken)
    assert all("Nothing below is a result" in text for text in written(broken).values())


def test_very_many_signatures(report_of, differing):
    records = [record for n in range(400) for record in differing(f"g-{n}", f"mul|grad|f{n:03}|float32")]
    report = report_of(*records)
    assert sum(path.startswith("differences/") for path in written(report)) == 400
    assert markdown(report).count("<summary>Reproducer") == 20
    assert len(document(report)["signatures"]) == 400
