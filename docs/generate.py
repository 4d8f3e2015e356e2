"""The pages that come from the tables, made when the site is built: a provider that is added appears by itself.

MkDocs calls the functions whose names begin with `on_`. What a rule, a status or an answer looks like in words is
`payrules.explain`'s; here it is joined to the decisions under `specs/`, linked, and drawn.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from textwrap import indent, wrap
from typing import Any

import pygraphviz
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from payrules import Payment, Undo, decide, providers
from payrules.explain import doubtful, markdown
from payrules.table import Claim, Edition, Permit, Provider
from payrules.when import Asks, Condition, Is, claims, said
from payrules.words import OPERATIONS, Action, Standing

ROOT = Path(__file__).parent.parent
SPECS = ROOT / "specs"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give every shipped provider its place in the navigation."""
    pages: list[dict[str, str]] = [{"Side by side": "providers/index.md"}]
    pages += [{providers.find(name).title: f"providers/{name}.md"} for name in providers.NAMES]
    for entry in config.nav or []:
        if "Providers" in entry:
            entry["Providers"] = pages
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    tables = [providers.find(name) for name in providers.NAMES]
    files.append(File.generated(config, "providers/index.md", content=side_by_side(tables)))
    for table in tables:
        files.append(File.generated(config, f"providers/{table.name}.md", content=page(table)))
    return files


# --- a provider's page ----------------------------------------------------------------------------


def page(provider: Provider) -> str:
    """All that is known of one provider: what happens, the rules of each edition, doubts, and claims."""
    default = provider.edition()
    others = [edition for edition in provider.editions if edition is not default]
    parts = [introduction(provider.name), doubts_in_short(provider), *rules(provider, default)]
    parts += ["## Doubts and decisions", *decided(provider)]
    for edition in others:
        parts += rules(provider, edition)
    parts += ["## Claims", claim_table(provider)]
    return "\n\n".join(parts) + "\n"


def introduction(name: str) -> str:
    """The part of the page under `specs/` that is written by hand: all before the lists that a table gives."""
    written = (SPECS / name / "README.md").read_text(encoding="utf-8")
    return _numbers_linked(re.split(r"\n## What no page says|\n<!--", written)[0].strip())


def rules(provider: Provider, edition: Edition) -> Iterator[str]:
    """One edition's rules, with the diagram drawn, transitions listed and claims linked."""
    text = markdown(provider, edition).split("\n### What it rests on")[0]
    before, rest = text.split("### Diagram\n")
    after = rest.split("```\n", 2)[1]  # the diagram in Mermaid's language is left out
    yield _claims_linked(before.strip(), provider)
    yield f"### Diagram\n\n{diagram(edition)}"
    yield _claims_linked(f"### Transitions\n\n{transitions(edition)}", provider)
    yield _claims_linked(after.strip(), provider)


def transitions(edition: Edition) -> str:
    """What leads from a status to a status, and what that rests on."""
    lines = ["| from | event | to | if | claim |", "|---|---|---|---|---|"]
    for row in edition.transitions:
        only = " and ".join(str(condition) for condition in row.when)
        keys = dict.fromkeys([row.claim, *(key for condition in row.when for key in claims(condition))])
        lines.append(f"| {', '.join(row.before)} | {row.event} | {row.after} | {only} | {', '.join(keys)} |")
    return "\n".join(lines)


def doubts_in_short(provider: Provider) -> str:
    """How much of a table rests on what no page says."""
    counts = dict.fromkeys(Standing, 0)
    for claim in provider.claims:
        counts[claim.standing] += 1
    told = ", ".join(f"{count} {standing}" for standing, count in counts.items() if count)
    return (
        f"The table rests on {len(provider.claims)} [claims](#claims): {told}. Behind each silent or contradicted "
        "one is a numbered [decision](#doubts-and-decisions)."
    )


def decided(provider: Provider) -> Iterator[str]:
    """Each numbered decision, folded, with the claims that rest on it."""
    text = (SPECS / provider.name / "decisions.md").read_text(encoding="utf-8")
    preface, *sections = re.split(r"^## (?=D\d)", text, flags=re.MULTILINE)
    yield "\n".join(preface.splitlines()[1:]).strip()
    for section in sections:
        heading, _, body = section.partition("\n")
        number, _, title = heading.partition(" ")
        resting = [claim for claim in doubtful(provider) if claim.decision == number]
        lines = [f"- {_standing(claim)} {_link(claim.key)}: {claim.says}" for claim in resting]
        inside = "\n".join([*lines, "", re.sub(r"^(\*\w+:\*|\*Overturned by:\*)", r"\n\1", body, flags=re.MULTILINE)])
        yield f'<span id="{number.lower()}" class="anchor"></span>'
        yield f'??? question "{number}: {title.replace(chr(34), "&quot;")}"\n\n{indent(inside.strip(), "    ")}'


def claim_table(provider: Provider) -> str:
    """What the provider says, in our words, with the page and the day on which it was read."""
    lines = ["| claim | standing | says | page |", "|---|---|---|---|"]
    for claim in provider.claims:
        at = f'<span id="{_anchor(claim.key)}" class="anchor"></span>`{claim.key}`'
        number = f" [{claim.decision}](#{claim.decision.lower()})" if claim.decision else ""
        lines.append(f"| {at} | {_standing(claim)}{number} | {_cell(claim.says)} | {_source(provider, claim)} |")
    return "\n".join(lines)


def _source(provider: Provider, claim: Claim) -> str:
    found = provider.page(claim)
    if found is None:
        return "no page says"
    stood = f" as of {found.as_of}," if found.as_of else ""
    return f"[{found.key}]({found.url}),{stood} read {found.read_on}"


def _standing(claim: Claim) -> str:
    return f'<span class="standing {claim.standing}">{claim.standing}</span>'


def _anchor(key: str) -> str:
    return f"claim-{key.replace('.', '-')}"


def _link(key: str) -> str:
    return f"[{key}](#{_anchor(key)})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _claims_linked(text: str, provider: Provider) -> str:
    """Every claim that is named leads to its row; a name in backticks is a rule's."""
    keys = sorted((claim.key for claim in provider.claims if "." in claim.key), key=len, reverse=True)
    named = "|".join(re.escape(key) for key in keys)
    return re.sub(rf"(?<![`\w.-])({named})(?![\w`-]|\.\w)", lambda match: _link(match[1]), text)


def _numbers_linked(text: str) -> str:
    """Every decision that is named leads to it."""
    return re.sub(r"(?<=[( ])D(\d+)(?=[),])", r"[D\1](#d\1)", text)


# --- the diagram ----------------------------------------------------------------------------------

_FONT = {"fontname": "Helvetica", "fontsize": "13"}
_MANY = 4
_SHRUNK = 0.55


def diagram(edition: Edition) -> str:
    """The statuses and what leads from one to another, as inline SVG whose colours are those of the page."""
    graph = pygraphviz.AGraph(directed=True, strict=False, rankdir="LR", nodesep="0.25", ranksep="0.3")
    graph.node_attr.update(shape="box", style="rounded", margin="0.15,0.08", height="0.4", **_FONT)
    graph.edge_attr.update(arrowsize="0.7", fontname="Helvetica", fontsize="11")
    for status in edition.statuses:
        kind = "final" if status.final else "waits" if status.awaits else "open"
        begins = " begins" if status.word == edition.begins else ""
        graph.add_node(status.word, **{"class": f"status {kind}{begins}"}, peripheries="2" if status.final else "1")
    drawn = arrows(edition)
    for (before, after), events in drawn.items():
        if len(before) > 1:
            graph.add_node(_named(before), label=_wrapped(f"any of {_named(before)}"), **{"class": "several"})
        graph.add_edge(_named(before), after, label=_wrapped(", ".join(events)) + " ")
    told = "; ".join(f"{_named(before)} to {after}: {', '.join(events)}" for (before, after), events in drawn.items())
    svg = _inline(graph.draw(format="svg", prog="dot").decode())
    return f'<div class="diagram" tabindex="0" role="img" aria-label="{escape(told)}">{svg}</div>'


def arrows(edition: Edition) -> Mapping[tuple[tuple[str, ...], str], list[str]]:
    """The events that lead from statuses to a status; those that lead there from many are drawn as one arrow."""
    sources: dict[tuple[str, str], dict[str, None]] = {}
    for row in edition.transitions:
        sources.setdefault((row.event, row.after), {}).update(dict.fromkeys(row.before))
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    while many := Counter(tuple(words) for words in sources.values() if len(words) >= _MANY):
        shared = many.most_common(1)[0][0]
        for (event, after), words in sources.items():
            if words.keys() >= set(shared):
                found.setdefault((shared, after), []).append(event)
                for word in shared:
                    del words[word]
    for (event, after), words in sources.items():
        for word in words:
            found.setdefault(((word,), after), []).append(event)
    return found


def _named(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _wrapped(text: str) -> str:
    return "\n".join(wrap(text, 30))


def _inline(drawn: str) -> str:
    """The picture without what only a file of its own needs, and without colours: the style sheet has those.

    It shrinks to the page, but not below what can be read: then it is scrolled.
    """
    svg = drawn[drawn.index("<svg") :]
    svg = re.sub(r"<!--.*?-->|<title>.*?</title>|<polygon fill=\"white\" stroke=\"none\"[^>]*/>", "", svg, flags=re.S)
    width = int(svg.split('width="')[1].split("pt")[0])
    style = f'style="max-width: {width}pt; min-width: {round(width * _SHRUNK)}pt"'
    svg = re.sub(r'width="\d+pt" height="\d+pt"', style, svg)
    svg = re.sub(r' (?:id|fill|stroke|font-family|xmlns:xlink)="[^"]*"', "", svg)
    return re.sub(r"\n\s*", "", svg)


# --- side by side ---------------------------------------------------------------------------------

_SIDE_BY_SIDE = """\
# Providers side by side

What each operation is at each provider, by the default edition of its table.

## The calls

Of several operations that are permitted, the first in this order is taken."""

_WORDS_SHOWN = 8
_MEANS = {
    Action.CANCEL: "Releases what is held, or ends a payment that was never paid; no captured money moves.",
    Action.REVERSE: "Undoes a payment before it settles, or lets the provider find out which undo is right.",
    Action.REFUND: "Gives captured money back.",
}


def side_by_side(tables: list[Provider]) -> str:
    """What each operation means at each provider, by the default edition of its table."""
    reasons = {item["reason"]: item["means"] for item in _read("vocabulary.json")["reasons"]}
    parts = [
        _SIDE_BY_SIDE,
        "| provider | operation | calls |\n|---|---|---|\n"
        + "\n".join(row for table in tables for row in _calls_rows(table)),
    ]
    for action in OPERATIONS:
        lines = [f"## {action.capitalize()}", _MEANS[action], "| provider | why | in status | how much | only if |"]
        table_lines = [lines.pop(), "|---|---|---|---|---|"]
        for table in tables:
            table_lines += [_permit_row(table, permit, reasons) for permit in table.edition().ways(action)]
            if not table.edition().ways(action):
                table_lines.append(f"| {_title(table)} | no such operation | | | |")
        parts += [*lines, "\n".join(table_lines)]
    return "\n\n".join(parts) + "\n"


def calls(table: Provider) -> Mapping[Action, list[str]]:
    """The requests that the vectors' decisions lead to, by operation."""
    found: dict[Action, dict[str, None]] = {action: {} for action in OPERATIONS}
    for vector in _read(f"{table.name}/undo.json")["vectors"]:
        decision = decide(_payment(table, vector), Undo.from_record(vector["undo"]))
        if decision.action in OPERATIONS and decision.call:
            own = decision.payment.payment_id or "\0"
            found[decision.action][f"{decision.call.method} {decision.call.path.replace(own, '{id}')}"] = None
    return {action: list(requests) for action, requests in found.items()}


def _payment(table: Provider, vector: Mapping[str, Any]) -> Payment:
    wire = providers.wire(table.name)
    if "payment" in vector or wire is None:
        return Payment.from_record(vector["payment"])
    return wire.payment(vector["wire"], vector.get("facts", {}))


def _calls_rows(table: Provider) -> Iterator[str]:
    sent = calls(table)
    for action in table.edition().prefer:
        yield f"| {_title(table)} | {action} | {'<br>'.join(f'`{request}`' for request in sent[action])} |"


def _permit_row(table: Provider, permit: Permit, reasons: Mapping[str, str]) -> str:
    asks = [str(condition) for condition in permit.when if isinstance(condition, Asks)]
    words = [item for item in permit.when if isinstance(item, Is) and item.name == "status"]
    rest = [_briefly(item) for item in permit.when if not isinstance(item, Asks) and item not in words]
    statuses = ", ".join(f"`{word}`" for condition in words for word in condition.words) or "any that is listed"
    why = f"[{permit.because}](../reasons.md#{permit.because}): {reasons[permit.because]}"
    return f"| {_title(table)} | {why} | {statuses} | {'; '.join(asks)} | {_cell('; '.join(rest))} |"


def _briefly(condition: Condition) -> str:
    """A condition as it says itself, but for a long list of words: that stands on the provider's page."""
    if isinstance(condition, Is) and len(condition.words) > _WORDS_SHOWN:
        return (
            f"the {said(condition.name)} is {'none' if condition.negated else 'one'} of {len(condition.words)} listed"
        )
    return str(condition)


def _title(table: Provider) -> str:
    return f"[{table.title}]({table.name}.md)"


def _read(name: str) -> Any:
    return json.loads((SPECS / name).read_text(encoding="utf-8"))
