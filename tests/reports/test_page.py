import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest

from reports.document import document
from reports.folder import read_folder
from reports.page import html_page, markdown
from reports.report import make_report
from tests.reports.conftest import BUILT

VOID = {"wbr", "meta", "link", "input", "br", "rect", "line", "path", "!doctype"}
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


@pytest.fixture
def report(sample):
    return make_report(read_folder(sample), BUILT)


def test_asks_no_other_host(report):
    text = html_page(report)
    page = Page(text)
    assert page.sources == []
    assert re.findall(r"https?:|//[\w-]+\.|url\(|@import|fetch\(", text) == []
    assert [link for link in page.links if not link.startswith("#")] == [
        "report.json", "report.md", "junit.xml",
    ]  # fmt: skip


def test_every_id_is_unique_and_every_link_leads_somewhere(report):
    page = Page(html_page(report))
    assert len(page.ids) == len(set(page.ids))
    targets = {unquote(link[1:]) for link in page.links if link.startswith("#")}
    assert targets - set(page.ids) == set()


def test_ops_signatures_and_programs_have_anchors(report):
    ids = set(Page(html_page(report)).ids)
    assert {f"op/{op.op}" for op in report.ops} <= ids
    assert {f"signature/{one.text.replace('|', '/')}" for one in report.signatures} <= ids
    assert {f"program/{program}" for one in report.signatures for program in one.programs} <= ids


def test_is_whole_without_javascript(report):
    page = Page(html_page(report))
    text = " ".join("".join(page.text).split())
    assert report.verdict.sentence in text
    for op in report.ops:
        assert op.op in text
    for signature in report.signatures:
        assert signature.witness.got in text


def test_the_head_says_what_differs_and_whether_that_counts(report):
    head = html_page(report).split("</header>")[0]
    text = " ".join("".join(Page(head + "</header></main></div></body></html>").text).split())
    for kind in report.kinds:
        assert (f" {kind.kind} {kind.differ}" in text) == (kind.differ > 0)
    most = next(one for one in report.signatures if one.accepted is None)
    assert f"most often at {most.op} {most.kind}" in text
    assert "All 200 controls that must agree do, and all 12 faults put in on purpose were seen." in text
    assert "Finished 3 d 1 h ago, after 1 min 7 s." in text


def test_a_difference_shows_its_program_unfolded(report):
    page = Page(html_page(report))
    text = "".join(page.text)
    for signature in (*report.open, *report.accepted):
        assert signature.witness.listing in text


def test_an_older_run_has_no_listings(report_of, differing):
    program, difference = differing("a", "mul|value|value|float32")
    del difference["listing"]
    text = "".join(Page(html_page(report_of(program, difference | {"script": None}))).text)
    assert "Reduced program" in text


def test_records_are_text_not_markup(report_of, differing):
    signature = f"{HOSTILE}|value|{HOSTILE}|float32"
    report = report_of(*differing("<b>", signature, HOSTILE, HOSTILE + "2"), seed=1)
    page = Page(html_page(report))
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert "b" not in page.tags
    assert "<script" not in re.sub(r"```.*?```", "", markdown(report), flags=re.DOTALL)


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
    for write in (lambda one: "".join(Page(html_page(one)).text), markdown):
        assert "66.66 %" in write(valid)
        assert share.findall(write(broken).replace("100\N{NO-BREAK SPACE}%", "")) == []
        assert "Nothing below is a result" in write(broken)


def test_age_and_duration(report):
    text = "".join(Page(html_page(report)).text)
    assert "1 min 7 s" in text
    assert "3 d 1 h" in text


def test_a_page_stays_readable_with_very_many_signatures(report_of, differing):
    records = [record for n in range(400) for record in differing(f"g-{n}", f"mul|grad|f{n:03}|float32")]
    report = report_of(*records)
    page = html_page(report)
    assert page.count("<summary>Reproducer</summary>") == 150
    assert page.count('The reproducer is in <a href="report.json">') == 250
    assert markdown(report).count("<summary>Reproducer") == 20
    assert len(document(report)["signatures"]) == 400
