"""Names of what is exported: inert, unique, and short enough for each service."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LIMITS = {
    "stack": 128, "role": 64, "policy": 128, "bucket": 63, "balancer": 32, "target_group": 32, "security_group": 255, "database": 63,
    "cache": 40, "domain": 28, "table": 255, "queue": 80, "topic": 256, "stream": 128, "function": 64, "cluster": 255, "log_group": 512,
    "alarm": 255, "dashboard": 255, "alias": 256, "secret": 512, "trail": 128, "web_acl": 128, "pipeline": 100, "project": 150,
    "application": 100, "vault": 50, "budget": 100, "repository": 100, "key_policy": 128, "other": 64,
}  # fmt: skip
"""Longest name of each kind, from the reference page of the service's create call."""

TAG_VALUE = 256
TAG_KEY = 128
INVISIBLE = frozenset({"Cc", "Cf"})
"""Unicode's categories of control and format characters."""
_DIGEST = 6


def digest(text: str, length: int = _DIGEST) -> str:
    """Return the first hexadecimal digits of a text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def slug(text: str) -> str:
    """Return a text as lower-case letters, digits and single hyphens, beginning with a letter; different texts may meet."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain if plain[:1].isalpha() else f"x-{plain}".strip("-")


def shortened(name: str, length: int) -> str:
    """Return a name within a length; what is cut off leaves a digest, so that different names stay different."""
    if len(name) <= length:
        return name
    return f"{name[: length - _DIGEST - 1].rstrip('-')}-{digest(name)}"


def physical(kind: str, *parts: str) -> str:
    """Return a physical name such as `storefront-dev-api`, within the limit of its kind."""
    return shortened(slug("-".join(parts)), LIMITS[kind])


def stack_name(project: str, environment: str, layer: str) -> str:
    """Return the name of a stack: `PROJECT-ENVIRONMENT-LAYER`."""
    return physical("stack", project, environment, layer)


def camel(*names: str) -> str:
    """Return names as one logical id: `orders-db`, `cluster` as `OrdersDbCluster`; different names stay different.

    A hyphen that is not before a letter leaves nothing to write in upper case, so such a name gets a digest.
    """
    return "".join(_camel(name) for name in names)


def _camel(name: str) -> str:
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    joined = "".join(word[0].upper() + word[1:] for word in words)
    inert = re.fullmatch(r"@?[A-Za-z][A-Za-z0-9]*(-[A-Za-z][A-Za-z0-9]*)*", name)
    return joined if inert else f"{joined}{digest(name, 4).upper()}"


def snake(name: str) -> str:
    """Return a camel-case name in snake case: `OrdersDbInstanceClass` as `orders_db_instance_class`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def line(text: str) -> str:
    """Return a text on one line, without marks that nobody sees and that turn the direction of what follows them."""
    return " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c) not in INVISIBLE).split())


def tag_value(text: str) -> str:
    """Return a text that AWS takes as the value of a tag: what is not allowed there becomes a hyphen, what is too long is cut."""
    allowed = "".join(c if c.isalnum() or c in " _.:/=+-@" else "-" for c in " ".join(text.split()))
    return allowed[:TAG_VALUE].strip() or "-"


def tag_key(text: str) -> str:
    """Return a text that AWS takes as the key of a tag; the prefix `aws:` is AWS's own."""
    key = tag_value(text)[:TAG_KEY]
    return f"x-{key}" if key.lower().startswith("aws:") else key


def joined_ids(ids: Iterable[str]) -> str:
    """Return requirement ids as the value of a tag; those that do not fit are counted."""
    kept: list[str] = []
    listed = list(ids)
    for index, name in enumerate(listed):
        left = len(listed) - index - 1
        more = f" +{left}" if left else ""
        if len(" ".join([*kept, name]) + more) > TAG_VALUE:
            return tag_value(f"{' '.join(kept)} +{left + 1}")
        kept.append(name)
    return tag_value(" ".join(kept))
