"""Runs the emulator with a few things put right that AWS does and it does not: see the modules beside this.

RUNNING_MARK names a file that is removed once the emulator has ended in order, its state written: found at the
next start, it tells that what is on disk is not whole."""

import os
from pathlib import Path

from http_proxy import forward_whole_answers
from lambda_errors import remember_error_names
from lambda_logs import wait_for_no_logs
from load_balancer import balance_like_aws
from localhost_names import teach_localhost_names
from ministack import app
from run_task_sync import fail_like_step_functions
from task_roles import serve_task_roles

if __name__ == "__main__":
    teach_localhost_names()
    serve_task_roles()
    remember_error_names()
    wait_for_no_logs()
    forward_whole_answers()
    fail_like_step_functions()
    balance_like_aws()
    app.main()
    Path(os.environ["RUNNING_MARK"]).unlink(missing_ok=True)
