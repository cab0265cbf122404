import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Attempts, allAttempts } from './attempts.ts';
import { type Call, layObjects } from './calls.ts';
import { type Cloud, closeClouds, cloudAs, cloudOf } from './cloud.ts';
import { canKillTasks, containers, environmentOf } from './processes.ts';
import { taskRole } from './roles.ts';

interface Outcome {
  readonly role: string;
  readonly action: string;
  readonly on: string;
  readonly verdict: 'allowed' | 'refused';
  /** What the emulator said. */
  readonly said: string;
}

const denials = new Set(['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException']);
const roleName = (arn: string) => arn.split('/').at(-1) ?? '';

/** Any other failure than a denial is the test's own fault and is thrown on. */
const attempt = async (cloud: Cloud, role: string, call: Call): Promise<Outcome> => {
  const { action, on } = call;
  try {
    await call.try(cloud);
    return { role, action, on, verdict: 'allowed', said: '' };
  } catch (error) {
    const { name, message } = error as Error;
    if (!denials.has(name)) throw new Error(`${role} ${action} on ${on}: ${name}: ${message}`);
    return { role, action, on, verdict: 'refused', said: message };
  }
};

const outcomes: Outcome[] = [];

const judge = async ({ role, arn, allowed, refused }: Attempts) => {
  const roleArn = await arn();
  const cloud = await cloudAs(roleArn);
  const seen = await Promise.all([...allowed, ...refused].map((call) => attempt(cloud, role, call)));
  outcomes.push(...seen);
  return { roleArn, seen };
};

const lines = (verdict: Outcome['verdict'], calls: readonly Pick<Outcome, 'action' | 'on'>[]) =>
  calls.map(({ action, on }) => `${verdict}: ${action} on ${on}`);

const refusedOnes = () => outcomes.filter(({ verdict }) => verdict === 'refused');

const table = (rows: readonly Outcome[]): string => {
  const widths = [
    Math.max(...rows.map(({ role }) => role.length)),
    Math.max(...rows.map(({ action }) => action.length)),
  ];
  return rows
    .map(({ role, action, on }) => `  ${role.padEnd(widths[0]!)}  ${action.padEnd(widths[1]!)}  ${on}`)
    .join('\n');
};

beforeAll(layObjects);

afterAll(() => {
  const roles = new Set(refusedOnes().map(({ role }) => role));
  console.log(`refused: ${refusedOnes().length} attempts of ${roles.size} roles\n${table(refusedOnes())}`);
  closeClouds();
});

describe('least privilege', () => {
  it.each(allAttempts)('lets $role do its own work, and refuses it the rest', async (attempts) => {
    const { roleArn, seen } = await judge(attempts);
    expect(seen.flatMap((one) => lines(one.verdict, [one]))).toEqual([
      ...lines('allowed', attempts.allowed),
      ...lines('refused', attempts.refused),
    ]);
    // Refused as this role, not for keys that nobody knows.
    for (const { said } of seen.filter(({ verdict }) => verdict === 'refused'))
      expect(said).toContain(roleName(roleArn));
  });

  it('was tried by enough roles, each with work of its own that it may do', () => {
    expect(refusedOnes().length).toBeGreaterThanOrEqual(20);
    expect(new Set(refusedOnes().map(({ role }) => role)).size).toBeGreaterThanOrEqual(8);
    for (const { role } of allAttempts)
      expect(outcomes.filter((one) => one.role === role && one.verdict === 'allowed').length).toBeGreaterThanOrEqual(1);
  });
});

(canKillTasks ? describe : describe.skip)('the keys of the running serving task', () => {
  const address = () => {
    const [pid = 0] = containers('serving');
    const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url = '', AWS_CONTAINER_AUTHORIZATION_TOKEN: token = '' } =
      environmentOf(pid);
    return { url, token };
  };

  it("are a session of the task's own role", async () => {
    const { url, token } = address();
    const answer = await fetch(url, { headers: { authorization: token } });
    const keys = (await answer.json()) as { AccessKeyId: string; SecretAccessKey: string; Token: string };
    const cloud = cloudOf({
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.Token,
    });
    const { Arn } = await cloud.identity.send(new GetCallerIdentityCommand({}));
    expect(Arn).toContain(`assumed-role/${roleName(await taskRole('serving'))}/`);
  });

  it('are not given to whom the task is not', async () => {
    const answer = await fetch(address().url, { headers: { authorization: 'guessed' } });
    expect([answer.status, await answer.text()]).toEqual([403, expect.not.stringContaining('AccessKeyId')]);
  });
});
