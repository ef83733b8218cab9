"""Where things lie in the site: relative links, so that it can be opened from a disk and moved anywhere."""

import re
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote

from reports.wording import anchor

UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
LONGEST = 90


def slug(name: str) -> str:
    """A file name for a name, which tells it from every other; a name that is one already is kept."""
    plain = UNSAFE.sub("-", name)[:LONGEST].strip("-.")
    if plain == name and not name.startswith("."):
        return name.lower() if name.lower() == name else f"{name.lower()}-{_digest(name)}"
    return f"{plain.lower()}-{_digest(name)}"


def _digest(name: str) -> str:
    return sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a page; `root` leads from its folder to that of the site: "" or "../"."""

    root: str = ""

    def page(self, name: str) -> str:
        """A page at the root: `ops`."""
        return f"{self.root}{name}.html"

    def asset(self, name: str) -> str:
        return f"{self.root}assets/{name}"

    def file(self, name: str) -> str:
        """What is no page: `report.json`."""
        return f"{self.root}{name}"

    def to(self, page: str, kind: str, name: str) -> str:
        """One thing on a page: `names.html#name/Tensor.add`."""
        return f"{self.page(page)}#{quote(anchor(kind, name), safe=SAFE)}"

    def op(self, name: str) -> str:
        """An op in the table of all."""
        return self.to("ops", "op", name)

    def entry(self, name: str) -> str:
        """The page of an entry of the reference's own table of ops."""
        return f"{self.root}ops/{slug(name)}.html"

    def signature(self, text: str) -> str:
        """The page of a way to differ."""
        return f"{self.root}differences/{slug(text)}.html"

    def program(self, signature: str, program: str) -> str:
        """A program where its way to differ is shown."""
        return f"{self.signature(signature)}#{quote(anchor('program', program), safe=SAFE)}"

    def run(self, name: str, headline: str) -> str:
        """The page of a run; the site itself is that of the headline."""
        return self.page("index") if name == headline else f"{self.root}runs/{slug(name)}.html"


SAFE = "/.,:;@!$&'()*+=~-_?[]"
