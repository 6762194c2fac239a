"""Which environments share an AWS account, and which of them carries what an account has once (docs/model.md §8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.models.requirements import Document

PRODUCTION = "production"


def carrier(document: Document, environment: str) -> str:
    """Return the environment whose stacks hold what the account of an environment has once: production, or the first by name."""
    return sharing(document, environment)[0]


def apart(document: Document) -> tuple[str, ...]:
    """Return the environments that pipelines release to in another account than production's, where both are named."""
    accounts = document.project.accounts
    home = accounts.get(PRODUCTION)
    if home is None or document.development.delivery.pipeline is None:
        return ()
    return tuple(sorted(name for name in document.development.environments if accounts.get(name, home) != home))


def sharing(document: Document, environment: str) -> tuple[str, ...]:
    """Return the environments in an environment's account, the one that carries it first; those without an account share one."""
    accounts = document.project.accounts
    found = [name for name in document.development.environments if accounts.get(name) == accounts.get(environment)]
    return tuple(sorted(found, key=lambda name: (name != PRODUCTION, name)))
