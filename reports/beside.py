"""Two runs beside each other, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reports import wording
from reports.change import Change, Moved, change
from reports.past import Past, past
from reports.regression import is_worse
from reports.report import Report
from reports.signature import Signature
from reports.terminal import short, table
from reports.wording import plural

FACTS = ("run", "commit", "versions", "seed", "programs", "agree", "open", "crashed")
SIDE = 36  # characters of what either side showed


def beside(old: Report, new: Report) -> tuple[str, bool]:
    """What became of one run in the other, as text, and whether anything is worse."""
    before, now = past(old), past(new)
    found = change(before, now)
    worse = is_worse(found, now)
    return "\n\n".join(_parts(old, new, before, now, found, worse)) + "\n", worse


def _parts(old: Report, new: Report, before: Past, now: Past, found: Change, worse: bool) -> Iterator[str]:
    better = found.gone or found.faster or found.mended
    word = "WORSE" if worse else "BETTER" if better else "UNCHANGED"
    yield f"{word}  {sentence(found)}"
    yield _runs(before, now)
    if before.pair != now.pair:
        yield "These are not runs of the same two libraries: what is new or gone says little."
    known = {one.text: one for one in (*old.signatures, *new.signatures)}
    rows = [
        *_ways("new", found.new, before, now, known),
        *_ways("gone", found.gone, before, now, known),
        *_ways("still open", found.still, before, now, known),
    ]
    if rows:
        heads = ("", "signature", "before", "now", new.run.reference.name, new.run.subject.name)
        yield table("Differences, by programs that show them", heads, rows)
    yield _areas(before, now)
    if found.slower or found.faster:
        rows = [_moved(one) for one in (*found.slower, *found.faster)]
        title = f"Timings that moved beyond the noise, of {found.timed:,}"
        yield table(title, ("", "of", "phase", "before", "now", "change", "noise"), rows)
    rows = [
        ("lost" if lost else "gained", entry, ", ".join(checks))
        for lost, turned in ((True, found.broken), (False, found.mended))
        for entry, checks in turned.items()
    ]
    if rows:
        yield table(f"Scoreboard, of {plural(found.scored, 'op')} in both", ("", "op", "checks"), rows)


def sentence(found: Change) -> str:
    """How much is not the same, in one sentence."""
    said = [f"{len(found.new):,} new, {len(found.gone):,} gone, {len(found.still):,} still open"]
    if found.timed:
        said.append(
            f"{len(found.slower):,} slower and {len(found.faster):,} faster, of {found.timed:,} timed alike"
        )
    if found.scored:
        lost, gained = (sum(map(len, turned.values())) for turned in (found.broken, found.mended))
        said.append(f"{plural(lost, 'check')} of ops lost and {gained:,} gained")
    return "; ".join(said) + "."


def _runs(before: Past, now: Past) -> str:
    rows = zip(FACTS, _facts(before), _facts(now), strict=True)
    return table("The runs", ("", "before", "now"), list(rows))


def _facts(one: Past) -> tuple[str, ...]:
    named = (f"{name} {version}" for name, version in zip(one.pair, one.versions, strict=True))
    return (
        one.run,
        one.commit or "not known",
        ", ".join(named),
        str(one.seed),
        wording.count(one.programs),
        wording.percent(one.agree, one.programs),
        f"{plural(len(one.open), 'way')} to differ",
        wording.count(one.crash),
    )


def _ways(
    word: str, texts: tuple[str, ...], before: Past, now: Past, known: Mapping[str, Signature]
) -> Iterator[tuple[str, ...]]:
    for text in texts:
        witness = known[text].witness
        sides = (short(witness.expected, SIDE), short(witness.got, SIDE)) if witness else ("", "")
        counts = [wording.count(one.open[text]) if text in one.open else "" for one in (before, now)]
        yield (word, text, *counts, *sides)


def _areas(before: Past, now: Past) -> str:
    rows = []
    for name, one in now.areas.items():
        was = before.areas.get(name)
        shares = [wording.percent(each.agree, each.programs) if each else "–" for each in (was, one)]  # noqa: RUF001
        differ = [wording.count(each.differ) if each else "" for each in (was, one)]
        rows.append((name, *shares, *differ))
    return table("Agreement by area", ("area", "before", "now", "differ before", "differ now"), rows)


def _moved(one: Moved) -> tuple[str, ...]:
    word = "slower" if one.times > 1 else "faster"
    change = f"{100 * (one.times - 1):+.0f} %"
    ratios = (f"{one.before.ratio:.2f}", f"{one.now.ratio:.2f}")
    return (word, one.name, wording.phase(one.phase), *ratios, change, f"{100 * one.noise:.0f} %")
