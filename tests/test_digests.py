"""Canonical bytes and the digests of editions."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import attrs
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from payrules import CallerError, Payment, Undo, decide, providers
from payrules.digests import canonical, digest
from payrules.words import Action, Reason, Standing
from tests.strategies import questions

# An edition that was released is not changed: a new one is added. Where one has to be mended, the CHANGELOG says so.
RELEASED = {
    "dojo 2022-02": "0a595d34b5b99befda6edba368406a66ee118c437d981cdc242cd68688ff6462",
    "dojo 2022-05": "9a74e5e62e30ea9b055e2e5ce25cdd3cdddf8e481c5d4961bf6584216a7aa3ac",
    "dojo current": "0e3f9c9a2617b6884fb147bdba35a2af061f0030b89b6f907507714e3f1af68f",
    "payroc 2026-11": "3d33f1e1b2eb7551e3ed385cbd535137d5c095744ca550566c83d6a084ec677c",
    "adyen 2026-11": "2d6e29d3e582089b42c9f84f916d50466786540b2f4b972b629a4eab98b8ca2f",
    "paypal 2026-11": "a2320813c2d8eb8b30c71c6b0d8a662c49aef20667a42e9c77a9329abf58b303",
    "stripe 2026-11": "a86c9b0184971e3e6823a5d956e320dec380b4300111803657c6e3e8d4f6eb0e",
    "stripe ach-90-days": "99e4860a1c401036ed0317113898951e02a6e061bae4583d555b2372567dad37",
    "braintree 2026-11": "d04e90ee84000a48b6f4a7629bb6786856c33446d6ec0721e53d17405bb1b05d",
    "authorizenet 2026-11": "093798a7bf6cba119398fb313e7cfee609dd3ae35d99d0019cc0cfb139d8e292",
    "square 2026-11": "632ce495178ad2008def0aae2ee81fa675d84161098a24df073d69823ee934fa",
    "checkoutcom 2026-11": "a42ea29a817cb84d9e5694a1b767870fb1f14d4fb021421a49961f68b1acb395",
    "klarna order-management": "54d5260f3f8caaf46f05db610540d772358d45018153c14b4c6a8ea3c5994494",
    "klarna network": "335fa7eae3581c565e22f418289c30f79e6d070a7b15fd197d4a49da119e9976",
    "gocardless 2026-11": "c6a3151fad901e06363a997bd263648572ef79c3520018ca8758bb46e0630e54",
}
DIGESTS = (
    "from payrules import providers; from payrules.digests import digest; "
    "print({f'{p.name} {e.name}': digest(p, e) for p in map(providers.find, providers.NAMES) for e in p.editions})"
)


def test_released_editions_stay_as_they_are() -> None:
    """The digest of each is pinned."""
    told = {
        f"{table.name} {edition.name}": digest(table, edition)
        for table in map(providers.find, providers.NAMES)
        for edition in table.editions
    }

    assert told == RELEASED


@pytest.mark.parametrize("seed", ["0", "1", "random"])
def test_the_hash_seed_changes_no_digest(seed: str) -> None:
    """Every process comes to the same."""
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
    )

    assert str(RELEASED) == done.stdout.strip()


class TestDigest:
    """What an edition's digest covers, and what not."""

    DOJO = providers.find("dojo")

    @pytest.mark.parametrize(
        "change",
        [
            lambda edition: {"prefer": tuple(reversed(edition.prefer))},
            lambda edition: {"begins": "Authorized"},
            lambda edition: {"permits": edition.permits[1:]},
            lambda edition: {"transitions": edition.transitions[1:]},
            lambda edition: {
                "statuses": (attrs.evolve(edition.statuses[0], final=Reason.NEVER_PAID), *edition.statuses[1:])
            },
            lambda edition: {
                "permits": (attrs.evolve(edition.permits[0], because=Reason.CAPTURED), *edition.permits[1:])
            },
            lambda edition: {
                "permits": (attrs.evolve(edition.permits[0], gives=Action.REFUND), *edition.permits[1:])
            },
            lambda edition: {
                "permits": (attrs.evolve(edition.permits[0], when=edition.permits[0].when[1:]), *edition.permits[1:])
            },
        ],
    )
    def test_covers_what_changes_an_answer(self, change: Any) -> None:
        """Whatever row, condition or word is another."""
        edition = self.DOJO.edition()

        assert digest(self.DOJO, attrs.evolve(edition, **change(edition))) != digest(self.DOJO, edition)

    def test_covers_the_standing_of_claims(self) -> None:
        """A decision tells it."""
        weaker = [
            attrs.evolve(claim, standing=Standing.OBSERVED) if claim.page else claim for claim in self.DOJO.claims
        ]
        other = attrs.evolve(self.DOJO, claims=tuple(weaker))

        assert digest(other, other.edition()) != digest(self.DOJO, self.DOJO.edition())

    def test_leaves_out_wording_and_dates(self) -> None:
        """A page read again, and a successor that ends an edition, change no answer."""
        reworded = attrs.evolve(
            self.DOJO,
            claims=tuple(attrs.evolve(claim, says="in other words") for claim in self.DOJO.claims),
            pages=tuple(attrs.evolve(page, read_on="2027-01-01") for page in self.DOJO.pages),
        )
        ended = attrs.evolve(self.DOJO.edition(), until="2027-01-01")

        assert digest(reworded, ended) == digest(self.DOJO, self.DOJO.edition())


class TestCanonical:
    """Python's own writer gives the bytes of RFC 8785 for what records hold."""

    @settings(max_examples=60)
    @given(st.sampled_from(providers.NAMES).flatmap(questions))
    def test_agrees_with_the_standard_on_records(self, question: tuple[Payment, Undo]) -> None:
        """For every shipped provider's payments, wishes and decisions."""
        payment, undo = question
        record = {
            "payment": payment.to_record(),
            "undo": undo.to_record(),
            "decision": decide(payment, undo).to_record(),
        }

        assert rfc8785.dumps(record) == canonical(record)

    @given(
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53) + 1, 2**53 - 1)
            | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(bool),
            lambda items: (
                st.lists(items, max_size=3)
                | st.dictionaries(st.text(st.characters(codec="ascii"), max_size=4), items, max_size=3)
            ),
            max_leaves=12,
        )
    )
    def test_agrees_with_the_standard_on_anything_it_takes(self, value: Any) -> None:
        """Control characters, emoji, quotes and nesting included."""
        assert rfc8785.dumps(value) == canonical(value)

    @pytest.mark.parametrize(
        "value", [1.0, float("nan"), 2**53, -(2**53), "\ud800", {"é": 1}, {1: 2}, {"a": [{"b": 0.5}]}, b"x", {1, 2}]
    )
    def test_refuses_what_it_would_write_otherwise(self, value: object) -> None:
        """A float, an integer that some readers round, half a character, a key whose place depends on the encoding."""
        with pytest.raises(CallerError):
            canonical(value)
