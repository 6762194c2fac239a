"""How names of AWS services are compared: case, `AWS`, `Amazon` and punctuation make no difference."""

from __future__ import annotations


def canonical(name: str) -> str:
    """Return what two spellings of one service have in common.

    >>> canonical("Amazon EC2 Auto-Scaling") == canonical("ec2_auto_scaling")
    True
    """
    words = "".join(char if char.isalnum() else " " for char in name.casefold()).split()
    if len(words) > 1 and words[0] in {"aws", "amazon"}:
        words = words[1:]
    return "".join(words)
