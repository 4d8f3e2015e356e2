"""What a docstring shows beside its text: examples as code, the fields of a class, and the words of an enum."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", flags=re.MULTILINE)
_DEFAULT = re.compile(r"\b(?:default|factory)=([\w.]+)")
_VOCABULARY = Path(__file__).parent.parent / "specs" / "vocabulary.json"


class Docstrings(griffe.Extension):
    """Puts a fence round each example, and lists what has no docstring of its own below that of its class."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite the docstring of a module, class, function or attribute."""
        if obj.docstring is None:
            return
        obj.docstring.value = _EXAMPLE.sub(lambda found: f"```pycon\n{found[0]}\n```", obj.docstring.value)
        if isinstance(obj, griffe.Class):
            plain = [
                item
                for name, item in obj.members.items()
                if isinstance(item, griffe.Attribute) and not name.startswith("_") and item.docstring is None
            ]
            listed = list(_words(plain) if "Word" in map(str, obj.bases) else _fields(plain))
            obj.docstring.value += "\n\n" * bool(listed) + "\n".join(listed)


def _words(members: list[griffe.Attribute]) -> Iterator[str]:
    """The words of an enum in their order, with what the vocabulary says of them."""
    means = _means(members[0].parent.name if members and members[0].parent else "")
    for member in members:
        word = str(member.value).strip("'\"")
        yield f"- `{word}`" + (f": {means[word]}" if word in means else "")


def _means(name: str) -> Mapping[str, str]:
    vocabulary = json.loads(_VOCABULARY.read_text(encoding="utf-8"))
    found = vocabulary.get(f"{name.lower()}s", vocabulary.get(name.lower(), {}))
    if name == "Reason":
        return {item["reason"]: item["means"] for item in found}
    return {word: said for word, said in found.items() if isinstance(said, str)} if isinstance(found, dict) else {}


def _fields(members: list[griffe.Attribute]) -> Iterator[str]:
    """The fields of a class of values, each with its type and what it is if it is not given."""
    typed = [member for member in members if member.annotation is not None]
    if typed:
        yield "| field | type | if not given |\n|---|---|---|"
    for member in typed:
        yield f"| `{member.name}` | `{member.annotation}` | {_unless_given(str(member.value or ''))} |"


def _unless_given(value: str) -> str:
    default = _DEFAULT.search(value)
    if value.startswith("field("):
        return f"`{default[1]}`" if default else "required"
    return f"`{value}`" if value else "required"
