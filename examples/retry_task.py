"""A retry loop in the manner of Celery: the same call with the same key, until its outcome is known.

    @app.task(bind=True, max_retries=None)
    def undo(task, job):
        return send_until_known(task, job, send=..., now=...)

A job is plain JSON, as a queue wants it: the facts from which the decision follows again, the call that was written
down, and every answer so far. `send` takes the arguments of an HTTP client and gives back its answer, or raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from payrules import Decision, Next, Payment, Response, Step, Undo, after, decide, records
from payrules.calls import Call
from payrules.transport import arguments, response

SECONDS_MAX = 3600


class Task(Protocol):
    """What a bound task of Celery offers."""

    request: Any

    def retry(self, *, args: tuple[Any, ...], countdown: float) -> Exception:
        """The exception that puts the task into the queue again."""


def job(decision: Decision, call: Call) -> dict[str, Any]:
    """A decided call, written down before it is sent."""
    asked = {"payment": decision.payment, "undo": decision.undo, "edition": decision.edition}
    return dict(records.plain({**asked, "call": call, "responses": []}))


def send_until_known(
    task: Task, job: Mapping[str, Any], *, base: str, send: Callable[..., object], now: Callable[[], datetime]
) -> Next:
    """Send the call once; what is next, or the task again, later and later, with everything that came back."""
    call = Call(job["call"]["method"], job["call"]["path"], job["call"]["headers"], job["call"]["body"])
    try:
        answer = send(**arguments(call, base))
    except Exception as error:
        answer = error
    answers = [*job["responses"], response(answer).to_record()]
    decision = _decision(job)
    then = after(decision, *(Response.from_record(item) for item in answers), at=now())
    if then.step is not Step.RETRY:
        return then
    wait = min(2.0**task.request.retries, SECONDS_MAX)
    if then.until is not None and now() + timedelta(seconds=wait) >= then.until:
        return after(decision, *(Response.from_record(item) for item in answers), at=then.until)
    raise task.retry(args=({**job, "responses": answers},), countdown=wait)


def _decision(job: Mapping[str, Any]) -> Decision:
    payment, undo = Payment.from_record(job["payment"]), Undo.from_record(job["undo"])
    return decide(payment, undo, edition=job["edition"])
