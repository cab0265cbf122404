"""Runs a command and says what it used: measured.py COMMAND ARGS... prints one line of JSON after its output."""

import json
import resource
import subprocess
import sys
import time

started = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=False)
wall = time.monotonic() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(done.stdout)
facts = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peakMb": used.ru_maxrss / 1024, "code": done.returncode}
print("\n" + json.dumps(facts))
