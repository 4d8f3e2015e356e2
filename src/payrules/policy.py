"""A shipped table narrowed by a company's own rules: what the provider permits, and the company too.

Nothing here permits anything: conditions are added to permits, so a no never becomes a yes. What the added conditions
rest on are claims of the company's own, with pages of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import evolve

from payrules.errors import CallerError
from payrules.table import Claim, Edition, Page, Provider
from payrules.when import Condition
from payrules.words import OPERATIONS, Action


def narrowed(
    provider: Provider,
    rules: Mapping[Action, Iterable[Condition]],
    *,
    claims: Iterable[Claim],
    pages: Iterable[Page] = (),
    name: str | None = None,
    title: str | None = None,
) -> Provider:
    """The table with further conditions on every permit of an operation, in every edition, as guards.

    Without a `name` it keeps that of the provider, and takes its place where it is passed as `provider=` or
    registered with `replace=True`. Raises `TableError` where a rule cites a claim that is not given, `CallerError`
    for a rule on what is no operation.
    """
    if strange := [action for action in rules if action not in OPERATIONS]:
        raise CallerError("rules", f"{strange[0]} is no operation")
    guards = {action: tuple(_guard(item) for item in rules[action]) for action in rules}
    return evolve(
        provider,
        name=name or provider.name,
        title=title or provider.title,
        pages=(*provider.pages, *pages),
        claims=(*provider.claims, *claims),
        editions=tuple(_narrowed(edition, guards) for edition in provider.editions),
    )


def _guard(condition: Any) -> Condition:
    narrowing: Condition = evolve(condition, guard=True)
    return narrowing


def _narrowed(edition: Edition, guards: Mapping[Action, tuple[Condition, ...]]) -> Edition:
    permits = (evolve(permit, when=permit.when + guards.get(permit.action, ())) for permit in edition.permits)
    return evolve(edition, permits=tuple(permits))
