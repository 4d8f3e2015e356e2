"""What is wrong with a table is told when it is built, all of it at once."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from payrules import Action, Batch, CaptureMode, Event, Reason, TableError, providers
from payrules.responses import Replies, Reply
from payrules.table import Claim, Edition, Page, Permit, Proof, Provider, Status, Transition
from payrules.when import (
    Zone,
    approved_above,
    batch_is,
    capture_mode_is,
    known,
    method_is_not,
    not_before,
    provider_lists,
    same_calendar_day,
    status_is,
    whole_amount,
    within,
)
from payrules.words import Heard, Standing

CLAIM = Claim("c", Standing.STATED, "It says so.", "p")
PAGE = Page("p", "https://example.com", "2026-01-01")
OPEN = status_is("Open", claim="c")
WHOLE = whole_amount(claim="c")
CANCEL = Permit("cancel", Action.CANCEL, Reason.NOT_CAPTURED, (OPEN, WHOLE))
OK = Reply("ok", (200,), Heard.CONFIRMED, "c")
EDITION = Edition(
    name="e",
    begins="Open",
    prefer=(Action.CANCEL,),
    prefer_claim="c",
    statuses=(Status("Open", "c"), Status("Gone", "c", final=Reason.ALREADY_CANCELED)),
    transitions=(Transition("Open", Event.CANCELED, "Gone", "c"),),
    permits=(CANCEL,),
)


def provider(**changes: Any) -> Provider:
    fields: dict[str, Any] = {
        "name": "toy",
        "title": "Toy",
        "pages": (PAGE,),
        "claims": (CLAIM,),
        "editions": (EDITION,),
        "default": "e",
    }
    return Provider(**{**fields, **changes})


def with_edition(**changes: Any) -> Provider:
    return provider(editions=(evolve(EDITION, **changes),))


def with_when(*conditions: Any) -> Provider:
    return with_edition(permits=(evolve(CANCEL, when=(OPEN, WHOLE, *conditions)),))


def problems(build: Any) -> str:
    with pytest.raises(TableError) as caught:
        build()
    assert caught.value.problems
    return str(caught.value)


def test_a_sound_table_loads() -> None:
    """The plain one, and every shipped one."""
    assert "toy" == provider().name
    assert all(providers.find(name) for name in providers.NAMES)


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: provider(claims=(CLAIM, CLAIM)), "'c' stands there twice"),
        (lambda: provider(claims=(evolve(CLAIM, page="q"),)), "page 'q' is not listed"),
        (lambda: provider(claims=(evolve(CLAIM, page=None),)), "names no page"),
        (lambda: provider(claims=(evolve(CLAIM, standing=Standing.SILENT),)), "names no decision"),
        (lambda: provider(claims=(evolve(CLAIM, standing=Standing.CONTRADICTED),)), "names no decision"),
        (lambda: provider(default="f"), "no edition 'f'"),
        (lambda: provider(editions=(EDITION, EDITION)), "'e' stands there twice"),
        (
            lambda: with_edition(begins="Opn"),
            "TOY.editions[0].begins: status 'Opn' is not listed; did you mean 'Open'?",
        ),
        (lambda: with_edition(prefer_claim="d"), "prefer_claim: claim 'd' is not listed"),
        (lambda: with_edition(prefer=(Action.CANCEL, Action.CANCEL)), "'cancel' stands there twice"),
        (lambda: with_edition(prefer=(Action.REFUND,)), "permits cancel, which prefer does not name"),
        (lambda: with_edition(statuses=(*EDITION.statuses, Status("Open", "c"))), "'Open' stands there twice"),
        (lambda: with_edition(permits=(CANCEL, CANCEL)), "'cancel' stands there twice"),
        (lambda: with_edition(permits=(evolve(CANCEL, action=Action.REJECT),)), "which is no operation"),
        (lambda: with_edition(permits=(evolve(CANCEL, when=(WHOLE,)),)), "a word never seen would pass"),
        (lambda: with_edition(permits=(evolve(CANCEL, when=(OPEN,)),)), "how much may be asked for"),
        (lambda: with_edition(permits=(evolve(CANCEL, when=(OPEN, WHOLE, WHOLE)),)), "how much may be asked for"),
        (
            lambda: with_edition(transitions=(Transition("Opne", Event.CANCELED, "Gone", "c"),)),
            "transitions[0]: status 'Opne'",
        ),
        (lambda: with_edition(transitions=(Transition("Gone", Event.CANCELED, "Open", "c"),)), "'Gone' is final"),
        (
            lambda: with_edition(
                statuses=(evolve(EDITION.statuses[0], awaits=Reason.PAYMENT_PENDING, final=Reason.NEVER_PAID),)
            ),
            "final and waits",
        ),
        (lambda: with_when(status_is("Captrued", claim="c")), "permits[0].when[2]: status 'Captrued' is not listed"),
        (lambda: with_when(capture_mode_is(claim="c")), "it lists no word"),
        (lambda: with_when(known("metod", claim="c")), "'metod' is no field of a payment; did you mean 'method'?"),
        (
            lambda: with_when(approved_above(("GBP", -1), claim="c")),
            "a limit has a currency and an amount of 0 or more",
        ),
        (lambda: with_edition(replies=Replies((OK, OK))), "editions[0].replies: 'ok' stands there twice"),
        (lambda: with_edition(replies=Replies((evolve(OK, claim="d"),))), "replies.rows[0]: claim 'd' is not listed"),
        (lambda: with_when(known("method", claim="d")), "permits[0].when[2]: claim 'd' is not listed"),
        (lambda: with_when(within(of="created_at", claim="c")), "not between 1 minute and 10 years"),
        (lambda: with_when(within(days=4000, of="created_at", claim="c")), "not between 1 minute and 10 years"),
        (lambda: with_when(not_before(days=4000, of="created_at", claim="c")), "not within 10 years"),
        (lambda: with_when(same_calendar_day(Zone("X", "Europe/London", "c"), of="created_at", claim="c")), "POSIX"),
        (
            lambda: with_when(same_calendar_day(Zone("X", "UTC0", "z"), of="created_at", claim="c")),
            "claim 'z' is not listed",
        ),
        (
            lambda: with_edition(
                statuses=(evolve(EDITION.statuses[0], proves=(Proof("batch", Batch.OPEN, "d"),)), EDITION.statuses[1])
            ),
            "statuses[0].proves[0]: claim 'd' is not listed",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(build: Any, told: str) -> None:
    """The place, the mistake, and the nearest right word."""
    assert told in problems(build)


def test_every_mistake_is_told_at_once() -> None:
    """Two mistakes in two places are two problems of one error."""
    with pytest.raises(TableError) as caught:
        provider(default="f", claims=(CLAIM, CLAIM))

    assert 2 == len(caught.value.problems)


def test_a_list_of_the_providers_is_an_allow_list() -> None:
    """A permit may rest on what the provider allows instead of a status."""
    permit = evolve(
        CANCEL,
        when=(
            provider_lists("void", claim="c"),
            WHOLE,
            method_is_not("cash", claim="c"),
            capture_mode_is(CaptureMode.AUTO, claim="c"),
        ),
    )

    assert with_edition(permits=(permit,)).edition("e").permits == (permit,)
    assert problems(lambda: with_edition(permits=(evolve(permit, when=(batch_is(Batch.OPEN, claim="c"), WHOLE)),)))
