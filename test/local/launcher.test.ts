import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '#local/paths.ts';
import { emulatorPython } from '#test/local/helpers/emulator-venv.ts';

const PROGRAM = `
import json, sys
sys.path.insert(0, sys.argv[1])
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

def outcome(self, *args, **kwargs):
    if "raise" in script:
        raise {"RuntimeError": RuntimeError, "BrokenPipeError": BrokenPipeError, "ValueError": ValueError}[script["raise"]](script["text"])
    return {"status": "error", **script["result"]}

lambda_runtime.Worker.invoke = outcome
lambda_svc.acquire_worker = lambda *a, **k: (lambda_runtime.Worker("f", {}, b""), None)
lambda_svc.release_worker = lambda worker: None
from lambda_errors import remember_error_names
remember_error_names()
names = []
for script in json.load(sys.stdin):
    answer = lambda_svc._execute_function_warm({"config": {"FunctionName": "f"}, "code_zip": b"x"}, {}, "1")
    names.append(answer["body"]["errorType"])
print(json.dumps(names))
`;

const cases: [string, object, string][] = [
  ['what the code threw', { result: { error: 'no', type: 'TOO_FEW_ROWS', trace: 'at x' } }, 'TOO_FEW_ROWS'],
  ['what it threw before it waited', { result: { error: 'no', trace: 'at x' } }, 'Runtime.HandlerError'],
  ['a process that ended under the call', { result: { error: 'Worker process died' } }, 'Runtime.ExitError'],
  ['a pipe that broke', { result: { error: '[Errno 32] Broken pipe' } }, 'Runtime.ExitError'],
  ['a time limit', { result: { error: 'Task timed out after 3.00 seconds' } }, 'Sandbox.Timedout'],
  [
    'a process killed while it started',
    { raise: 'RuntimeError', text: 'Worker process exited immediately' },
    'Runtime.ExitError',
  ],
  ['a pipe that broke while it started', { raise: 'BrokenPipeError', text: '[Errno 32]' }, 'Runtime.ExitError'],
  ['code that does not load', { raise: 'RuntimeError', text: 'Worker init failed: no module x' }, 'RuntimeError'],
  ["a fault of the emulator's own", { raise: 'ValueError', text: 'x' }, 'ValueError'],
];

describe('the name of an error of a Lambda function', () => {
  it('is what AWS calls it, so that state machines retry what they should', async () => {
    const input = JSON.stringify(cases.map(([, script]) => script));
    const args = ['-c', PROGRAM, join(repositoryRoot, 'local', 'launcher')];
    const out = execFileSync(await emulatorPython(), args, { input, encoding: 'utf8' });
    const names: string[] = JSON.parse(out.trim().split('\n').at(-1) ?? '');
    expect(cases.map(([what], at) => [what, names[at]])).toEqual(cases.map(([what, , name]) => [what, name]));
  });
});

const DRAIN = `
import sys
sys.path.insert(0, sys.argv[1])
from ministack.core import lambda_runtime
worker = lambda_runtime.Worker("f", {}, b"")
waits = []
wait_for_a_line = lambda_runtime.Worker._drain_stderr_bounded
def noting(self, **given):
    waits.append(given["first_line_wait"])
    return wait_for_a_line(self, **given)
lambda_runtime.Worker._drain_stderr_bounded = noting
from lambda_logs import wait_for_no_logs
wait_for_no_logs()
worker._stderr_queue.put("a line")
print([worker._drain_stderr_bounded(), worker._drain_stderr_bounded(), worker._drain_stderr_bounded(0.1)], max(waits))
`;

describe('the log of a Lambda function', () => {
  it('is told without a long wait for a line that was never written', async () => {
    const args = ['-c', DRAIN, join(repositoryRoot, 'local', 'launcher')];
    const out = execFileSync(await emulatorPython(), args, { encoding: 'utf8' });
    expect(out.trim().split('\n').at(-1)).toBe("['a line', '', ''] 0.008");
  });
});
