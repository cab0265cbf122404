"""Names that nobody used before: the checks share one server and run again and again on it."""

import uuid


def unique(prefix: str) -> str:
    """The prefix and ten letters by chance."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"
