import json
import sys


def emit(event: str, **facts: object) -> None:
    """Print one line of progress as JSON.

    Parameters
    ----------
    event : str
        What happened, e.g. ``trial``.
    **facts : object
        Numbers and texts that go with it.

    Examples
    --------
    >>> emit("trial", trial=1, best=0.84)
    {"event": "trial", "trial": 1, "best": 0.84}
    """
    print(json.dumps({"event": event, **facts}), file=sys.stdout, flush=True)
