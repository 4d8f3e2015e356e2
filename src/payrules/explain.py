"""A decision in prose, and a provider's table as a page: Markdown, a state diagram, JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from payrules import records
from payrules.decide import Decision
from payrules.digests import digest
from payrules.responses import Replies, Reply
from payrules.table import Claim, Edition, Permit, Provider, Status, cited
from payrules.when import claims
from payrules.words import OPERATIONS, Action, Loss, Standing


def explain(decision: Decision) -> str:
    """What to do and why, what else was possible, until when, and every claim relied on with its page and day."""
    return "\n".join(_explained(decision))


def _explained(decision: Decision) -> Iterator[str]:
    provider = decision.provider
    yield decision.message
    yield f"Asked at {records.written(decision.undo.at)} of {provider.title}'s rules, edition {decision.edition}."
    until = decision.good_until
    yield f"The answer holds until {records.written(until)}." if until else "Time alone does not change the answer."
    if decision.call:
        yield f"Call: {decision.call.method} {decision.call.path}"
    others = [action for action in decision.verdicts if action is not decision.action]
    for action in others:
        yield f"{action.capitalize()}: {verdict(decision, action)}."
    yield from _grounds(decision)


def verdict(decision: Decision, action: Action) -> str:
    """What one operation would have been told, in a few words."""
    told = decision.verdicts[action]
    if told.permitted:
        return f"permitted too, by {told.rule}"
    if told.needs:
        return f"no, {told.reason}: needs {', '.join(told.needs)}"
    unmet = dict.fromkeys(item["condition"] for item in told.failed if item["reason"] is told.reason)
    return f"no, {told.reason}" + (f": only if {' or '.join(unmet)}" if unmet else "")


def _grounds(decision: Decision) -> Iterator[str]:
    yield f"Standing: {decision.standing}."
    for claim in decision.grounds:
        yield f"- {decision.provider.name}.{claim.key}: {_claim(decision.provider, claim)}"


def _claim(provider: Provider, claim: Claim) -> str:
    page = provider.page(claim)
    source = str(page) if page else "no page says"
    number = f", decision {claim.decision}" if claim.decision else ""
    return f"{claim.says} ({claim.standing}{number}; {source})"


# --- a provider as a page -------------------------------------------------------------------------


_COMBINED = (
    "An operation is permitted if every condition of one of its rows holds; what no row permits is rejected. "
    "Of several, the first of {prefer} is taken."
)


def markdown(provider: Provider, edition: Edition) -> str:
    """A provider's rules for a person: statuses, the diagram, what is permitted, and the claims."""
    parts = [
        f"## {provider.title}, edition {edition.name}",
        _in_force(provider, edition),
        "### Statuses",
        _rows(("status", "proves", "then"), [_status(status) for status in edition.statuses]),
        "### Diagram",
        f"```mermaid\n{mermaid(edition)}\n```",
        "### What is permitted",
        _COMBINED.format(prefer=", ".join(edition.prefer)),
        _rows(("rule", "operation", "if", "claim"), [row for permit in edition.permits for row in _permit(permit)]),
        *_answers(edition.replies),
        "### What it rests on",
        _rows(("claim", "standing", "says", "page"), [_cited(provider, claim) for claim in used(provider, edition)]),
    ]
    return "\n\n".join(parts) + "\n"


def mermaid(edition: Edition) -> str:
    """The state diagram, in Mermaid's language."""
    lines = ["stateDiagram-v2"]
    known = {status.word for status in edition.statuses}
    reached = {row.after for row in edition.transitions if row.before != (row.after,)}
    lines += [f"    [*] --> {word}" for word in sorted(known - reached)]
    arrows: dict[tuple[str, str], list[str]] = {}  # one arrow from a status to another, whatever leads there
    for row in edition.transitions:
        for before in row.before:
            arrows.setdefault((before, row.after), []).append(f"{row.event}{_if(row.when)}")
    lines += [f"    {before} --> {after}: {', or '.join(events)}" for (before, after), events in arrows.items()]
    lines += [f"    {status.word} --> [*]" for status in edition.statuses if status.final]
    return "\n".join(lines)


def exported(provider: Provider, edition: Edition) -> dict[str, Any]:
    """A provider's table as plain JSON, one way: nothing reads it back."""
    return {
        "provider": provider.name,
        "edition": edition.name,
        "digest": digest(provider, edition),
        "since": edition.since and edition.since.isoformat(),
        "until": edition.until and edition.until.isoformat(),
        "prefer": records.plain(edition.prefer),
        "statuses": [
            {
                "status": status.word,
                "final": records.plain(status.final),
                "proves": [_proof(proof) for proof in status.proves],
                "claim": status.claim,
            }
            for status in edition.statuses
        ],
        "transitions": [
            {
                "from": list(row.before),
                "event": row.event.value,
                "to": row.after,
                "when": [_condition(condition) for condition in row.when],
                "claim": row.claim,
            }
            for row in edition.transitions
        ],
        "permits": [
            {
                "rule": f"{provider.name}.{permit.name}",
                "action": permit.action.value,
                "because": permit.because.value,
                "when": [_condition(condition) for condition in permit.when],
            }
            for permit in edition.permits
        ],
        "replies": records.plain(edition.replies),
        "claims": [_exported_claim(provider, claim) for claim in used(provider, edition)],
    }


def used(provider: Provider, edition: Edition) -> list[Claim]:
    """The claims that an edition rests on, in the order in which the provider lists them."""
    keys = {key for _, key in cited(edition)}
    return [claim for claim in provider.claims if claim.key in keys]


def doubtful(provider: Provider) -> list[Claim]:
    """What no page says, and what two pages say differently."""
    return [claim for claim in provider.claims if claim.standing in (Standing.SILENT, Standing.CONTRADICTED)]


def _in_force(provider: Provider, edition: Edition) -> str:
    if edition.since is None:
        return "Not dated: " + ("the default." if edition.name == provider.default else "asked for by name.")
    until = f" until {edition.until}" if edition.until else ""
    return f"In force from {edition.since}{until}, as far as is known."


def _status(status: Status) -> tuple[str, ...]:
    proves = [f"{proof.name} is {_value(proof)}" + _if(proof.when) for proof in status.proves]
    then = {"final": status.final, "nothing yet": status.nothing_yet, "waits": status.awaits}
    return status.word, "; ".join(proves), "; ".join(f"{name}: {reason}" for name, reason in then.items() if reason)


def _if(conditions: tuple[Any, ...]) -> str:
    return f" if {' and '.join(str(condition) for condition in conditions)}" if conditions else ""


def _value(proof: Any) -> str:
    value = records.plain(proof.value)
    return {"whole": "the amount authorized", "rest": "what was not captured"}.get(str(value), str(value))


def _permit(permit: Permit) -> Iterator[tuple[str, ...]]:
    for number, condition in enumerate(permit.when):
        first = (f"`{permit.name}`", permit.action.value) if number == 0 else ("", "")
        yield (*first, str(condition), ", ".join(claims(condition)))


def _answers(replies: Replies | None) -> Iterator[str]:
    """What the provider's answers to a call mean, and how often the call may be sent."""
    if replies is None:
        return
    yield "### What its answers mean"
    yield _rows(("code", "to", "if the body says", "heard", "claim"), [_reply(row) for row in replies.rows])
    if replies.keys:
        told = f"Of {_listed(replies.keys.of)} the key is known for {replies.keys.hours} hours"
        yield f"{told} ({replies.keys.claim}); until then the same call may be sent again."
    if replies.once:
        told = f"{_listed(replies.once.of).capitalize()} cannot happen twice, so the call may be sent again"
        yield f"{told} ({replies.once.claim})."


def _reply(row: Reply) -> tuple[str, ...]:
    of = "any" if row.of == OPERATIONS else _listed(row.of)
    brings = f" ({row.brings})" if row.brings else ""
    return _ranged(row.codes), of, " and ".join(str(item) for item in row.body), f"{row.heard}{brings}", row.claim


def _ranged(codes: tuple[int | Loss, ...]) -> str:
    """A run of many codes by its ends, so that a page stays readable."""
    first, last = codes[0], codes[-1]
    if isinstance(first, int) and isinstance(last, int) and last - first > 9 and len(codes) == last - first + 1:
        return f"{first} to {last}"
    return ", ".join(str(code) for code in codes)


def _listed(words: tuple[Action, ...]) -> str:
    return ", ".join(words)


def _cited(provider: Provider, claim: Claim) -> tuple[str, ...]:
    page = provider.page(claim)
    number = f" ({claim.decision})" if claim.decision else ""
    return claim.key, f"{claim.standing}{number}", claim.says, str(page or "no page")


def _rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _proof(proof: Any) -> Mapping[str, Any]:
    return {
        "field": proof.name,
        "value": records.plain(proof.value),
        "claim": proof.claim,
        "if": [str(c) for c in proof.when],
    }


def _condition(condition: Any) -> Mapping[str, Any]:
    arguments = {name: value for name, value in records.plain(condition).items() if name not in ("claim", "guard")}
    return {"kind": type(condition).__name__, "says": str(condition), **arguments, "claims": list(claims(condition))}


def _exported_claim(provider: Provider, claim: Claim) -> dict[str, Any]:
    page = provider.page(claim)
    record = attrs.asdict(claim)
    record["standing"] = claim.standing.value
    return {**record, "page": page.url if page else None, "read_on": page.read_on.isoformat() if page else None}
