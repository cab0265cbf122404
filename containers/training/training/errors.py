class TrainingError(Exception):
    """A training that cannot succeed as it was asked for.

    Parameters
    ----------
    code : str
        Stable code of the platform's error catalogue, e.g. ``COLUMN_MISSING``.
    message : str
        What is wrong, the value seen, what is allowed and what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
