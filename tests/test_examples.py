"""The smaller examples: an admin button, a retry loop, a script for support staff."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import django
import httpx
import pytest
from django.conf import settings

from examples import retry_task, support
from examples.retry_task import job, send_until_known
from payrules import Action, Decision, Heard, Next, Outcome, Payment, Step, Undo, decide
from tests.test_checkout import Shop
from tests.vectors import ROOT

settings.configure(
    DATABASES={},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.admin"],
    SECRET_KEY="for tests",  # noqa: S106
    USE_TZ=True,
)
django.setup()

from django.contrib.admin import AdminSite, ModelAdmin  # noqa: E402 — Django wants its settings first
from django.contrib.auth.models import Group  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.utils import timezone  # noqa: E402

from examples.django_admin import UndoMixin  # noqa: E402

PAID = Payment.from_record(
    {
        "provider": "dojo",
        "payment_id": "pi_1",
        "status": "Captured",
        "capture_mode": "auto",
        "currency": "GBP",
        "amount_authorized": 1000,
        "amount_refunded": 0,
        "authorized_at": "2026-07-10T10:00:00Z",
    }
)


class Admin(UndoMixin, ModelAdmin):  # type: ignore[misc]
    """An admin of orders; Django's own groups stand in for a model of the shop's."""

    payment = PAID

    def __init__(self) -> None:
        super().__init__(Group, AdminSite())
        self.sent: list[tuple[str, Decision, str]] = []

    def get_object(self, request: Any, object_id: str, from_field: str | None = None) -> str:
        return f"order <{object_id}>"

    def payment_of(self, order: Any) -> Payment:
        return self.payment

    def send(self, order: Any, decision: Decision, request_id: str) -> None:
        self.sent.append((order, decision, request_id))


class TestTheUndoButton:
    """The page says what would happen and until when; pressing does that, and nothing else."""

    @pytest.fixture
    def admin(self, monkeypatch: pytest.MonkeyPatch) -> Admin:
        self.now = datetime(2026, 7, 10, 22, 50, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        return Admin()

    def page(self, admin: Admin) -> tuple[str, dict[str, str]]:
        html = admin.undo(RequestFactory().get("/"), "7").content.decode()
        return html, dict(re.findall(r'name="(\w+)" value="([^"]*)"', html))

    def test_shows_what_would_happen(self, admin: Admin) -> None:
        """The sentence, the end of the answer, what it rests on; the order's name is no markup."""
        html, fields = self.page(admin)

        assert "Reverse GBP 1000 (minor units): it was captured and the calendar day of the payment" in html
        assert "This holds until 2026-07-10 23:00 UTC." in html
        assert "dojo.reverse.same-day" in html
        assert "order &lt;7&gt;" in html
        assert "reverse 1000 same_day" == fields["shown"]

    def test_does_what_it_showed(self, admin: Admin) -> None:
        """Once for a wish, whose id the page carries."""
        _, fields = self.page(admin)
        answer = admin.undo(RequestFactory().post("/", fields), "7")

        assert 302 == answer.status_code
        ((order, decision, request_id),) = admin.sent
        assert ("order <7>", Action.REVERSE, fields["request_id"]) == (order, decision.action, request_id)

    def test_does_nothing_else(self, admin: Admin) -> None:
        """After midnight it would be a refund: that is shown first."""
        _, fields = self.page(admin)
        self.now += timedelta(minutes=20)
        answer = admin.undo(RequestFactory().post("/", fields), "7")

        assert (409, []) == (answer.status_code, admin.sent)
        assert "Refund GBP 1000 (minor units)" in answer.content.decode()

    def test_has_no_button_where_there_is_nothing_to_do(self, admin: Admin) -> None:
        """The reason stands there; a form that somebody makes up is not obeyed."""
        admin.payment = Payment.from_record({**PAID.to_record(), "status": "Refunded"})
        html, _ = self.page(admin)

        assert "No call: everything is refunded already" in html
        assert "<button>" not in html
        assert "Time alone does not change this." in html
        assert (
            409
            == admin.undo(RequestFactory().post("/", {"request_id": "r", "shown": "reject None x"}), "7").status_code
        )
        assert [] == admin.sent

    def test_has_an_address_of_its_own(self, admin: Admin) -> None:
        """Before those of the admin, which takes everything."""
        assert "<path:object_id>/undo/" == str(admin.get_urls()[0].pattern)


class Again(Exception):
    """What `retry` raises: the task goes back into the queue."""


class Queue:
    """A task and its queue, in the manner of Celery; every message is plain JSON."""

    def __init__(self, answers: list[Any], undo: Undo) -> None:
        self.now = undo.at
        self.answers = answers
        self.request = SimpleNamespace(retries=0)
        self.sent: list[dict[str, Any]] = []
        decision = decide(PAID, undo)
        assert decision.call is not None
        self.message = json.dumps(job(decision, decision.call))

    def retry(self, *, args: tuple[Any, ...], countdown: float) -> Exception:
        self.message, self.now = json.dumps(args[0]), self.now + timedelta(seconds=countdown)
        self.request.retries += 1
        return Again()

    def send(self, **arguments: Any) -> Any:
        self.sent.append(arguments)
        answer = self.answers.pop(0) if self.answers else httpx.ReadTimeout("slow")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def run(self) -> Next:
        while True:
            try:
                return send_until_known(
                    self, json.loads(self.message), base="https://dojo.example", send=self.send, now=lambda: self.now
                )
            except Again:
                continue


class TestTheRetryLoop:
    """The same call with the same key, later and later."""

    UNDO = Undo(at=datetime(2026, 7, 12, 12, tzinfo=UTC), amount=400)

    def test_goes_on_until_the_outcome_is_known(self) -> None:
        """Two failures, then the answer; every request is the first one again."""
        queue = Queue(
            [httpx.ReadTimeout("slow"), httpx.Response(500), httpx.Response(200, json={"refundId": "r"})], self.UNDO
        )
        then = queue.run()

        assert (Step.DONE, "r", 3) == (then.step, then.reference, len(queue.sent))
        assert queue.sent[0] == queue.sent[1] == queue.sent[2]
        assert ("POST", "https://dojo.example/payment-intents/pi_1/refunds", {"amount": 400}) == (
            queue.sent[0]["method"],
            queue.sent[0]["url"],
            queue.sent[0]["json"],
        )

    def test_ends_before_the_key_is_forgotten(self) -> None:
        """A provider that never answers is not asked for ever, and what is booked stays so."""
        queue = Queue([], self.UNDO)
        then = queue.run()

        assert (Step.GIVE_UP, Outcome.UNKNOWN, Heard.KEY_EXPIRED, ()) == (
            then.step,
            then.outcome,
            then.reason,
            then.notices,
        )
        assert queue.now < self.UNDO.at + timedelta(hours=24)
        assert 20 < len(queue.sent) < 50

    def test_gives_a_refusal_back(self) -> None:
        """At once."""
        failed = {
            "Status": 400,
            "Detail": "Your refund request was not successful. Status: Failed.",
            "Extensions": {},
        }
        then = Queue([httpx.Response(400, json=failed)], self.UNDO).run()

        assert (Step.GIVE_UP, Outcome.REFUSED) == (then.step, then.outcome)
        assert retry_task.SECONDS_MAX == 3600


class TestTheSupportScript:
    """What was done, what could be done now, and settling what is unclear."""

    def shop(self, faults: list[str], hours: int = 0) -> Shop:
        shop = Shop()

        async def play() -> None:
            await shop.order("dojo", "Auto", 1000)
            shop.world.faults = faults
            await shop.click(shop.orders[0], "click", 400)
            shop.now += timedelta(hours=hours)
            shop.world.faults = ["lost"]
            await shop.client.post("/work")

        asyncio.run(play())
        return shop

    def test_shows_what_was_done_and_what_could_be(self, capsys: pytest.CaptureFixture[str]) -> None:
        """The attempts of the order, then the decision in prose."""
        shop = self.shop([])
        code = support.main(["dojo-00000"], shop.checkout)
        out = capsys.readouterr().out

        assert 0 == code
        assert "dojo-00000-0000  refund 400  done: Dojo carried the refund of GBP 400 (minor units) out" in out
        assert "Refund GBP 600 (minor units): the money was captured." in out

    def test_settles_what_is_unclear(self, capsys: pytest.CaptureFixture[str]) -> None:
        """A day later nobody may send the call again; somebody compares, and says what became of it."""
        shop = self.shop(["silent"], hours=25)
        assert "unclear" == shop.store.attempts()[0].state
        assert 2 == support.main(["dojo-00000", "--settle", "dojo-00000-0000", "perhaps"], shop.checkout)
        assert 0 == support.main(["dojo-00000", "--settle", "dojo-00000-0000", "done"], shop.checkout)
        assert 2 == support.main(["dojo-00000", "--settle", "dojo-00000-0000", "done"], shop.checkout)

        assert "done" == shop.store.attempts()[0].state
        assert "dojo-00000-0000 is done." in capsys.readouterr().out

    def test_says_what_it_does_not_know(self, capsys: pytest.CaptureFixture[str]) -> None:
        """An order that is not there, and a provider that does not tell."""
        shop = self.shop([])
        shop.world.dojo.payments.clear()

        assert 2 == support.main(["nothing"], shop.checkout)
        assert 1 == support.main(["dojo-00000"], shop.checkout)
        assert "There is no order 'nothing'." in capsys.readouterr().out


def test_the_page_about_the_examples_names_each() -> None:
    """Every file and folder stands in its table."""
    page = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    found = {path.name for path in (ROOT / "examples").iterdir()} - {"README.md", "__init__.py", "__pycache__"}

    assert set() == {name for name in found if f"`{name}" not in page}
