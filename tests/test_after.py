"""What is done after a call: the vectors, and that nothing which is not understood leads to a second undo."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from payrules import Action, CallerError, Event, Payment, Undo, after, apply, decide, providers, requested
from payrules.after import OUTCOMES
from payrules.explain import markdown
from payrules.responses import Replies, Reply, Response, at_path, ends, has, holds, says
from payrules.words import Heard, Loss, Outcome, Reason, Step
from tests.test_language import TOY
from tests.test_vectors import validator
from tests.vectors import Vector, every, read

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def told(vector: Vector) -> Any:
    at = vector.case.get("at")
    decision = decide(vector.payment, vector.undo, edition=vector.edition)
    responses = [Response.from_record(record) for record in vector.case["responses"]]
    return after(decision, *responses, at=datetime.fromisoformat(at) if at else None)


@pytest.mark.parametrize("vector", every("after"), ids=lambda vector: vector.id)
def test_an_after_vector_is_answered_as_it_says(vector: Vector) -> None:
    """The next step has the fields that the vector expects, and what is written down are the events that it lists."""
    found = told(vector)
    record = found.to_record()
    record["events"] = [notice.event.value for notice in found.notices]

    assert vector.expected == {name: record[name] for name in vector.expected}, str(vector)


@pytest.mark.parametrize("vector", every("after"), ids=lambda vector: vector.id)
def test_a_next_step_is_a_record_of_the_schema(vector: Vector) -> None:
    """So is every response, which reads back from its record."""
    validator("next").validate(json.loads(json.dumps(told(vector).to_record(), allow_nan=False)))
    for record in vector.case["responses"]:
        written = Response.from_record(record).to_record()
        validator("response").validate(written)
        assert Response.from_record(record) == Response.from_record(written)


@pytest.mark.parametrize("vector", every("after"), ids=lambda vector: vector.id)
def test_the_book_closes(vector: Vector) -> None:
    """What was requested and then written down leaves a payment: a success has moved the amount, a refusal nothing, and
    as long as the outcome is open the amount stays reserved."""
    decision = decide(vector.payment, vector.undo, edition=vector.edition)
    found = told(vector)
    booked = apply(vector.payment, requested(decision))
    closed = booked
    for notice in found.notices:
        closed = apply(closed, notice)
    free = (closed.amount_refund_pending, closed.undo_pending) == (0, None)

    assert free is (found.outcome in (Outcome.SUCCEEDED, Outcome.REFUSED))
    assert (closed.amount_refunded, closed.amount_released, closed.status) == (
        (booked.amount_refunded, booked.amount_released, booked.status)
        if found.outcome is not Outcome.SUCCEEDED
        else (closed.amount_refunded, closed.amount_released, closed.status)
    )
    if found.outcome is Outcome.REFUSED:
        again = decide(closed, vector.undo, edition=vector.edition)
        same = decision.answer.compared == again.answer.compared
        assert same or again.reason is Reason.DUPLICATE_WINDOW  # the same again, too soon after it was sent


@pytest.mark.parametrize("provider", providers.NAMES)
def test_every_row_of_answers_has_a_vector(provider: str) -> None:
    """Each row is the one that counts in some vector."""
    replies = providers.find(provider).edition().replies
    assert replies is not None
    rows = {f"{provider}.{row.name}" for row in replies.rows}

    assert rows == {told(vector).rule for vector in read(provider, "after")} - {None}


@pytest.mark.parametrize("provider", providers.NAMES)
def test_the_order_of_rows_means_nothing(provider: str) -> None:
    """Turned round, the rows give the same steps."""
    for vector in read(provider, "after"):
        decision = decide(vector.payment, vector.undo)
        replies = decision.table.replies
        assert replies is not None
        turned = evolve(decision, table=evolve(decision.table, replies=evolve(replies, rows=replies.rows[::-1])))
        responses = [Response.from_record(record) for record in vector.case["responses"]]

        assert after(decision, *responses) == after(turned, *responses)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["status", "errorCode", "type", "Detail", "errors", "transactionResult", "x"]), inner
        )
    ),
    max_leaves=6,
)
LISTED = {
    name: [record for vector in read(name, "after") for record in vector.case["responses"]]
    for name in providers.NAMES
}


def responses(provider: str) -> st.SearchStrategy[Response]:
    """Any code with any body, a lost answer, or an answer of the vectors under any code."""
    code = st.integers(-1, 700) | st.sampled_from([200, 201, 202, 204, 400, 401, 404, 409, 422, 429, 500, 503])
    body = JSON | st.sampled_from([record.get("body") for record in LISTED[provider]])
    answered = st.builds(lambda status, body: Response(status=status, body=body), code, body)
    return answered | st.builds(lambda lost: Response(lost=lost), st.sampled_from(Loss))


@pytest.mark.parametrize("provider", providers.NAMES)
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_not_understood_leads_to_no_second_undo(provider: str, data: st.DataObject) -> None:
    """After any answers, unless a row says that nothing was given back, the amount stays booked, and only the same call
    is sent again: the same wish, asked again from the book, makes no call that gives back more than is left."""
    vector = data.draw(st.sampled_from(read(provider, "after")))
    decision = decide(vector.payment, vector.undo)
    heard = data.draw(st.lists(responses(provider), min_size=1, max_size=3))
    found = after(decision, *heard, at=data.draw(st.sampled_from([AT, AT + timedelta(days=8)])))
    replies = decision.table.replies
    assert replies is not None
    rows = [replies.row(decision.action, response) for response in heard]

    assert found.message.endswith(".")
    if found.outcome is Outcome.REFUSED:
        assert rows[-1] is not None
        assert Outcome.REFUSED is OUTCOMES[rows[-1].heard]
    if found.outcome is Outcome.SUCCEEDED:
        assert any(row is not None and row.heard is Heard.CONFIRMED for row in rows)
    if found.outcome in (Outcome.UNKNOWN, Outcome.ACCEPTED):
        assert () == found.notices
        booked = apply(vector.payment, requested(decision))
        again = decide(booked, evolve(vector.undo, amount=None))
        if decision.action is Action.REFUND and vector.undo.amount is not None:
            assert (again.amount or 0) + (decision.amount or 0) <= (vector.payment.amount_authorized or 0)
        else:
            assert Action.REJECT is again.action
        assert found.step is not Step.DONE
        assert decision.action is not Action.REFUND or found.step is not Step.DECIDE_AGAIN
    if found.step is Step.RETRY:
        assert replies.keyed(decision.action) or replies.happens_once(decision.action)


@pytest.mark.parametrize("provider", providers.NAMES)
def test_a_code_that_no_row_lists_is_unknown(provider: str) -> None:
    """Of every code from 100 to 599 without a body: those that no row lists leave the outcome unknown, and none of them
    is asked about again."""
    decisions = {
        decision.action: decision
        for vector in read(provider, "after")
        for decision in [decide(vector.payment, vector.undo)]
    }
    for decision in decisions.values():
        replies = decision.table.replies
        assert replies is not None
        for status in range(100, 600):
            found = after(decision, Response(status=status))
            if replies.row(decision.action, Response(status=status)) is None:
                assert (Outcome.UNKNOWN, Heard.UNKNOWN_ANSWER, None, ()) == (
                    found.outcome,
                    found.reason,
                    found.rule,
                    found.notices,
                )
                again = replies.keyed(decision.action) or replies.happens_once(decision.action)
                assert (Step.RETRY if again else Step.GIVE_UP) is found.step


class TestATableWithoutAnswers:
    """A table of one's own that says nothing of answers."""

    def test_knows_nothing_and_gives_up(self) -> None:
        """Nothing may be sent again, not even the same call, and what is booked stays."""
        payment = Payment(provider="toy", status="taken", currency="EUR", amount_authorized=10, amount_refunded=0)
        decision = decide(payment, Undo(at=AT), provider=TOY)
        found = after(decision, Response(status=200))

        assert (Step.GIVE_UP, Outcome.UNKNOWN, ()) == (found.step, found.outcome, found.notices)
        assert (
            "The table does not know what this answer of Toy means (200), and nobody knows whether the call was carried out: "
            "send nothing more; keep it booked as pending, and let a person compare the payment with the book."
        ) == found.message

    def test_has_no_answers_on_its_page(self) -> None:
        """With rows and nothing more, the page has the rows and says nothing of keys."""
        edition = TOY.edition()
        row = Reply("answer.ok", (200,), Heard.CONFIRMED, claim="said", of=(Action.REFUND,))
        rows_alone = evolve(TOY, editions=(evolve(edition, replies=Replies((row,))),))

        assert "What its answers mean" not in markdown(TOY, edition)
        page = markdown(rows_alone, rows_alone.edition())
        assert "| 200 | refund |  | confirmed | said |" in page
        assert "key is known" not in page


DOJO = Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=10, payment_id="pi_1")


def test_a_rejection_has_no_after() -> None:
    """Neither something to book nor an answer; and an answer is needed."""
    no = decide(evolve(DOJO, status="Canceled"), Undo(at=AT))
    for ask in (
        lambda: requested(no),
        lambda: after(no, Response(status=200)),
        lambda: after(decide(DOJO, Undo(at=AT))),
    ):
        with pytest.raises(CallerError):
            ask()


@pytest.mark.parametrize(
    "fields",
    [{}, {"status": 200, "lost": "timed_out"}, {"status": True}, {"status": "200"}, {"lost": "eaten"}, {"code": 200}],
)
def test_a_response_is_a_code_or_a_loss(fields: dict[str, Any]) -> None:
    """Neither, both, or another type is a mistake of the caller's."""
    with pytest.raises(CallerError):
        Response.from_record(fields)


def test_the_request_of_a_refund_that_becomes_a_reversal_is_a_reversals() -> None:
    """In an open batch a refund brings a reversal, so a reversal is awaited; elsewhere the request is the operation's own."""
    fields: dict[str, Any] = {"provider": "payroc", "currency": "USD", "payment_id": "P", "kind": "sale"}
    ready = Payment(status="ready", amount_authorized=10, **fields)
    complete = Payment(status="complete", amount_authorized=10, amount_refunded=0, **fields)

    for payment, only, event in (
        (ready, Action.REFUND, Event.REVERSE_REQUESTED),
        (ready, Action.REVERSE, Event.REVERSE_REQUESTED),
        (complete, Action.REFUND, Event.REFUND_REQUESTED),
        (DOJO, Action.CANCEL, Event.CANCEL_REQUESTED),
    ):
        assert event is requested(decide(payment, Undo(at=AT, only=only))).event


@pytest.mark.parametrize(
    ("body", "reference"),
    [
        ({"refundId": "r", "reversalId": "v"}, "r"),
        ({"refundId": "", "reversalId": "v"}, "v"),
        ({"refundId": "a\0b"}, None),
        ({"refundId": "\ud800"}, None),
        ({"refundId": 7}, None),
        (["refundId"], None),
    ],
)
def test_a_reference_is_text(body: Any, reference: str | None) -> None:
    """The first that is well formed; what is not is no reference, and no error."""
    paid = Payment(provider="dojo", status="Created", currency="GBP", amount_authorized=10, payment_id="pi_1")

    assert reference == after(decide(paid, Undo(at=AT)), Response(status=200, body=body)).reference


def test_a_path_leads_into_a_list() -> None:
    """A number counts the places of a list from 0; a list has no names, and an object may have a number for one."""
    body = {"errors": [{"code": "91504"}, {"code": "7"}], "0": "named"}

    assert "91504" == at_path(body, "errors.0.code")
    assert "7" == at_path(body, "errors.1.code")
    assert at_path(body, "errors.2.code") is None
    assert at_path(body, "errors.code") is None
    assert at_path(body, "errors.-1.code") is None
    assert "named" == at_path(body, "0")
    assert "b" == at_path(["a", "b"], "1")


def test_what_a_body_says() -> None:
    """Texts and numbers are compared as they are written; true and false, lists and objects say nothing."""
    body = {"a": {"b": "x#end"}, "n": 704, "t": True, "l": ["x"]}

    assert "x#end" == at_path(body, "a.b")
    assert at_path(body, "a.b.c") is None
    assert says("n", "704").test(body)
    assert ends("a.b", "end", "other").test(body)
    assert holds("a.b", "#e").test(body)
    assert has("l").test(body)
    assert not has("z").test(body)
    assert not says("t", "True").test(body)
    assert not says("n", "704").test({"n": 10**5000})
    assert not holds("l", "x").test(body)
    assert ["a.b ends with end or other", "n is 704", "a.b holds #e", "l is there"] == [
        str(item) for item in (ends("a.b", "end", "other"), says("n", "704"), holds("a.b", "#e"), has("l"))
    ]
