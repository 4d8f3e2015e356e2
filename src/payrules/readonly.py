"""A mapping that nobody can change, for everything that is handed out.

It is a `dict`, so that it goes into a JSON encoder, an HTTP client, `pickle` and `copy` as it is, which
`types.MappingProxyType` does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Never, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ReadOnly(dict[K, V]):
    """A dict without the methods that change one; `dict(it)` is a copy that can be changed.

    >>> ReadOnly(amount=400)["amount"] = 500
    Traceback (most recent call last):
    TypeError: this mapping is read-only; change a copy, such as dict(it)
    """

    __slots__ = ()

    def _refuse(self, *args: object, **kwargs: object) -> Never:
        raise TypeError("this mapping is read-only; change a copy, such as dict(it)")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[ReadOnly[K, V]], tuple[dict[K, V]]]:
        return ReadOnly, (dict(self),)


def frozen(value: Any) -> Any:
    """The same value with every mapping in it read-only and every list a tuple.

    >>> frozen({"amount": {"value": 400}, "lines": [1]})
    {'amount': {'value': 400}, 'lines': (1,)}
    """
    if isinstance(value, Mapping):
        return ReadOnly({key: frozen(item) for key, item in value.items()})
    return tuple(frozen(item) for item in value) if isinstance(value, (list, tuple)) else value
