"""Which edition of a table judges which days."""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen

from payrules.audit.sql import both
from payrules.table import Edition, Provider


@frozen
class Span:
    """The days, of UTC, on which an edition was in force; None for the edition: nobody knows one for these days."""

    edition: Edition | None
    since: date | None = None
    until: date | None = None

    def holds(self, moment: str) -> str:
        """Whether an instant lies in it, as SQL."""
        bounds = [f"{moment} >= {_midnight(self.since)}"] if self.since else []
        bounds += [f"{moment} < {_midnight(self.until)}"] if self.until else []
        return both(*bounds)

    def touches(self, first: datetime, last: datetime) -> bool:
        """Whether a day between two instants, of UTC and without a zone, lies in it."""
        begins = self.since is None or self.since <= last.date()
        return begins and (self.until is None or first.date() < self.until)


def _midnight(day: date) -> str:
    return f"TIMESTAMP '{day.isoformat()} 00:00:00'"


def spans(provider: Provider, edition: str | None = None) -> tuple[Span, ...]:
    """Which edition judges which days: the one named, or the one in force, or the default where none has a date."""
    dated = sorted((item for item in provider.editions if item.since), key=lambda item: str(item.since))
    if edition is not None or not dated:
        return (Span(provider.edition(edition)),)
    told = [Span(None, None, dated[0].since)]
    for number, item in enumerate(dated):
        after = dated[number + 1].since if number + 1 < len(dated) else None
        until = item.until if after is None or (item.until is not None and item.until < after) else after
        told.append(Span(item, item.since, until))
        if until != after:
            told.append(Span(None, until, after))
    return tuple(told)
