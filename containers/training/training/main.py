import json
import os
import sys
import traceback

from training.errors import TrainingError
from training.job import parse_job
from training.machine.interrupt import exit_on_sigterm
from training.machine.progress import emit
from training.machine.storage import exists, join, read_bytes, write_bytes


def main() -> int:
    """Do the job that ``JOB_SPEC_URI`` names.

    Returns
    -------
    int
        Exit code: 0 when the job is answered for good (result.json, or error.json with a refusal that another attempt
        would repeat), 1 when another attempt may go better.
    """
    exit_on_sigterm()
    output: str | None = None
    try:
        job = parse_job(read_bytes(_job_uri()))
        output = job.output_uri
        _forget_error(output)
        # Loaded here so that a wrong job is answered without waiting for the libraries.
        from training.run import run

        run(job, _threads())
    except Exception as error:
        return 0 if _report_failure(error, output) and _is_refusal(error) else 1
    return 0


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, TrainingError) and error.code != "UNAVAILABLE"


def _job_uri() -> str:
    uri = os.environ.get("JOB_SPEC_URI", "")
    if not uri:
        raise TrainingError("INVALID_REQUEST", "JOB_SPEC_URI is not set; give it the s3:// URI or path of a job")
    return uri


def _threads() -> int:
    text = os.environ.get("TRAINING_THREADS", "1")
    if not text.isdecimal() or int(text) < 1:
        raise TrainingError("INVALID_REQUEST", f"TRAINING_THREADS is {text!r}; allowed is a whole number from 1")
    return int(text)


def _report_failure(error: Exception, output: str | None) -> bool:
    """Whether error.json tells of it."""
    if isinstance(error, TrainingError):
        code, message = error.code, error.message
    else:
        code, message = "INTERNAL", f"{type(error).__name__}: {error}; the task's log has the traceback"
        traceback.print_exception(error, file=sys.stderr)
    emit("failed", code=code, message=message)
    return output is not None and _write_error(output, code, message)


def _write_error(output: str, code: str, message: str) -> bool:
    try:
        write_bytes(join(output, "error.json"), json.dumps({"code": code, "message": message}).encode())
    except Exception as error:
        # The exit code and this line are all that is left to tell.
        emit("error-not-written", message=f"{output}: {error}")
        return False
    return True


def _forget_error(output: str) -> None:
    # Of an earlier attempt; emptied, because the task's role may not delete.
    uri = join(output, "error.json")
    if exists(uri):
        write_bytes(uri, b"{}")
