"""The shell round the core: decisions written down, and past ones judged."""

from payrules.audit.log import START, Fault, Head, Problem, Verified, entry, head_of, verify

__all__ = ["START", "Fault", "Head", "Problem", "Verified", "entry", "head_of", "verify"]
