"""Runs the emulator with a few things put right that AWS does and it does not: see the modules beside this."""

from localhost_names import teach_localhost_names
from ministack import app
from run_task_sync import fail_like_step_functions
from task_roles import serve_task_roles

if __name__ == "__main__":
    teach_localhost_names()
    serve_task_roles()
    fail_like_step_functions()
    app.main()
