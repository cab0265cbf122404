import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '#local/paths.ts';
import { freePort } from '#test/helpers/free-port.ts';
import { emulatorPython } from './emulator-venv.ts';

/** The emulator's own way in, with one load balancer: PUT goes to a task, all else to a function that a template names. */
const PROGRAM = `
import asyncio, sys
sys.path.insert(0, sys.argv[1])
task_port, port = int(sys.argv[2]), int(sys.argv[3])
from hypercorn.asyncio import serve
from hypercorn.config import Config
import connections
from http_proxy import forward
from ministack import app
from ministack.services import alb, apigateway
from ministack.services.cloudformation import provisioners
from load_balancer import balance_like_aws

async def told(ref, group, method, path, headers, body, query, raw_query=None):
    return 200, {"content-type": "text/plain"}, f"{ref} {method} {path} {len(body)}".encode()

alb._invoke_lambda_target = told
alb.TARGET_IDLE_TIMEOUT = connections.IDLE_SECONDS = 4
apigateway._PROXY_TIMEOUT_SECONDS = 2
balance_like_aws()
balanced = app.app

async def with_api(scope, receive, send):
    # What the HTTP API gives its integration: by the path, that of the load balancer or one that is none.
    way, _, rest = scope.get("path", "").removeprefix("/_api/").partition("/")
    origins = {"balancer": f"http://b.alb.localhost:{port}", "elsewhere": f"http://127.0.0.1:{task_port}"}
    if way not in origins:
        return await balanced(scope, receive, send)
    query = app.parse_qs(scope["query_string"].decode(), keep_blank_values=True)
    headers = {"x-mapped": query["mapped"][0]} if "mapped" in query else {}
    answer = await forward({"integrationUri": origins[way]}, f"/{rest}", scope["method"], headers, b"", query)
    await app._send_if_handled(send, answer, receive)
arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:"
lb, tasks, listener = arn + "loadbalancer/app/b/1", arn + "targetgroup/t/1", arn + "listener/app/b/1/1"
handlers = provisioners._RESOURCE_HANDLERS["AWS::ElasticLoadBalancingV2::TargetGroup"]
props = {"Name": "f", "TargetType": "lambda", "Targets": [{"Id": "function-of-the-template"}]}
function, _ = handlers["create"]("F", props, "stack")
alb._lbs[lb] = {"LoadBalancerArn": lb, "LoadBalancerName": "b", "DNSName": "b.elb.amazonaws.com"}
alb._tgs[tasks] = {"TargetGroupArn": tasks, "TargetType": "ip", "Port": 1}
alb._targets[tasks] = [{"Id": "127.0.0.1", "Port": task_port}]
alb._listeners[listener] = {"ListenerArn": listener, "LoadBalancerArn": lb, "Port": 80, "Protocol": "HTTP"}
def rule(priority, group, conditions):
    actions = [{"Type": "forward", "TargetGroupArn": group}]
    alb._rules[f"{listener}/{priority}"] = {"ListenerArn": listener, "Priority": priority, "Conditions": conditions, "Actions": actions}
rule("10", tasks, [{"Field": "path-pattern", "Values": ["/up/*"]}, {"Field": "http-request-method", "Values": ["PUT"]}])
rule("15", tasks, [{"Field": "path-pattern", "Values": ["/task/*"]}])
rule("20", function, [])
config = Config()
config.bind = [f"127.0.0.1:{port}"]
asyncio.run(serve(with_api, config))
`;

/** The emulator with one load balancer in front of one task. */
export interface BalancedEmulator {
  /** Of the load balancer. */
  readonly url: string;
  /** What the task does with a request: to be set by each test. */
  serve: RequestListener;
  stop(): Promise<void>;
}

const isUp = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

const started = async (url: string, emulator: ChildProcess): Promise<void> => {
  while (!(await isUp(url))) {
    if (emulator.exitCode !== null) throw new Error(`the emulator ended with ${emulator.exitCode}`);
    await new Promise((done) => setTimeout(done, 100));
  }
};

export const balancedEmulator = async (): Promise<BalancedEmulator> => {
  const task = createServer((incoming, reply) => self.serve(incoming, reply));
  task.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => task.listen(0, '127.0.0.1', done));
  const port = await freePort();
  const ports = [(task.address() as AddressInfo).port, port].map(String);
  const args = ['-c', PROGRAM, join(repositoryRoot, 'local', 'launcher'), ...ports];
  const env = { ...process.env, IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0' };
  const emulator = spawn(await emulatorPython(), args, { stdio: 'ignore', env });
  const self: BalancedEmulator = {
    url: `http://127.0.0.1:${port}/_alb/b`,
    serve: (_, reply) => reply.end(),
    stop: async () => {
      const ended = once(emulator, 'exit');
      emulator.kill('SIGKILL');
      await ended;
      task.closeAllConnections();
      task.close();
    },
  };
  await started(self.url, emulator);
  return self;
};
