"""What the checks share: endpoints and which of them a check asked, plain HTTP, names that nobody used before."""

from proof.http import Answer, ask, error_of, refused
from proof.marks import platform_only, proves, since
from proof.names import unique

__all__ = ["Answer", "ask", "error_of", "platform_only", "proves", "refused", "since", "unique"]
