import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, describe, expect, it } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { compressFolder } from '#infra/bundles/compress.ts';
import { lambdaContext } from '../_shared/_event.ts';
import { bytesOf, callMlflow, type Got, jsonOf } from './_world.ts';

const root = mkdtempSync(join(tmpdir(), 'ui-'));
const ui = join(root, 'mlflow-ui');
mkdirSync(join(ui, 'static'), { recursive: true });
writeFileSync(join(ui, 'index.html'), '<title>MLflow</title>');
writeFileSync(join(ui, 'VERSION'), '3.17.2');
writeFileSync(join(ui, 'static', 'main.0123abcd.js'), 'let x = 1;\n'.repeat(100));
writeFileSync(join(ui, 'manifest.json'), '{}');
compressFolder(ui);
Object.assign(process.env, {
  POWERTOOLS_LOG_LEVEL: 'SILENT',
  AWS_REGION: 'us-east-1',
  TRACKING_TABLE: 'tracking',
  REGISTRY_TABLE: 'registry',
  IDENTITY_TABLE: 'identity',
  ADMIN_KEY_SECRET_ARN: 'arn',
  ARTIFACT_BUCKET: 'artifacts',
  LAMBDA_TASK_ROOT: root,
});
mockClient(DynamoDBDocumentClient);
const secrets = mockClient(SecretsManagerClient);
secrets.on(GetSecretValueCommand).resolves({ SecretString: 'bootstrap' });
const { handler } = await import('../../../functions/ui/mlflow.ts');
const call = callMlflow(handler);
const signed = { authorization: `Basic ${Buffer.from('me:bootstrap').toString('base64')}` };
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("the door of MLflow's web UI", () => {
  it.each([
    ['nobody', {}],
    ['somebody with a wrong key', { authorization: `Basic ${Buffer.from('me:bootstraP').toString('base64')}` }],
  ])('asks %s for a key, and lets nobody keep the answer', async (_, headers) => {
    const got = await call({ path: '/', headers });
    expect(got.statusCode).toBe(401);
    expect(got.headers['www-authenticate']).toBe('Basic realm="mlops", charset="UTF-8"');
    expect(got.headers['cache-control']).toBe('no-store');
    expect(got.body).not.toContain('MLflow');
  });

  it.each([
    ['Basic', signed],
    ['Bearer', { authorization: 'Bearer bootstrap' }],
  ])('shows the page to a key sent as %s, which no shared cache keeps and no frame shows', async (_, headers) => {
    const got = await call({ path: '/', headers });
    expect(got).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(got.headers['cache-control']).toBe('private, no-cache');
    expect(got.headers['content-security-policy']).toContain("frame-ancestors 'self'");
    expect(bytesOf(got).toString()).toBe('<title>MLflow</title>');
  });

  it('asks and shows the same behind a load balancer', async () => {
    const ask = (headers: object) =>
      (handler as unknown as (event: unknown, context: unknown) => Promise<Got>)(
        {
          requestContext: { elb: { targetGroupArn: 'arn' } },
          httpMethod: 'GET',
          path: '/',
          headers,
          isBase64Encoded: false,
        },
        lambdaContext,
      );
    expect(await ask({})).toMatchObject({ statusCode: 401, headers: { 'www-authenticate': expect.any(String) } });
    expect((await ask(signed)).statusCode).toBe(200);
  });

  it('keeps files with a hash in their name for good, others for an hour', async () => {
    const { headers } = await call({ path: '/static-files/static/main.0123abcd.js' });
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const manifest = await call({ path: '/static-files/manifest.json' });
    expect(manifest.headers['cache-control']).toBe('public, max-age=3600');
  });

  it('has no file outside its folder', async () => {
    for (const path of ['/static-files/../index.js', '/static-files/%2e%2e/index.js', '/static-files/x.js'])
      expect((await call({ path })).statusCode).toBe(404);
  });

  it('tells its version', async () => {
    expect(await call({ path: '/version' })).toMatchObject({ statusCode: 200, body: '3.17.2' });
  });

  it('says that there is nothing of what the platform does not have', async () => {
    const ask = async (method: string, path: string) =>
      jsonOf(await call({ method, path, role: 'viewer', ...(method === 'POST' && { body: {} }) }));
    expect(await ask('GET', '/ajax-api/2.0/mlflow/gateway-proxy')).toEqual({ endpoints: [] });
    expect(await ask('GET', '/ajax-api/3.0/mlflow/ui-telemetry')).toMatchObject({ disable_ui_telemetry: true });
    expect(await ask('POST', '/ajax-api/3.0/mlflow/ui-telemetry')).toEqual({ status: 'disabled' });
    expect(await ask('POST', '/ajax-api/3.0/mlflow/traces/search')).toEqual({});
    expect(await ask('GET', '/ajax-api/3.0/mlflow/mcp-servers')).toEqual({ mcp_servers: [] });
  });

  it('answers data to nobody', async () => {
    const body = { query: 'query Q($a: X) { mlflowGetRun(input: $a) { run } }', variables: { a: { runId: 'r' } } };
    for (const asked of [
      { method: 'POST', path: '/graphql', body },
      { path: '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval', query: 'run_ids=r&metric_key=k' },
      { method: 'POST', path: '/ajax-api/2.0/mlflow/experiments/search-datasets', body: { experiment_ids: ['1'] } },
    ])
      expect((await call(asked)).statusCode).toBe(401);
  });

  it.each(['/ajax-api/3.0/mlflow/assistant/config', '/ajax-api/2.0/mlflow/upload-artifact'])(
    'has nothing at %s',
    async (path) => {
      const got = await call({ path, role: 'viewer' });
      expect([got.statusCode, jsonOf(got).error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
    },
  );

  it.each([
    ['no runs', 'metric_key=k', /run_ids/],
    ['no metric', 'run_ids=a', /metric_key/],
    ['too many points', 'run_ids=a&metric_key=k&max_results=2501', /2500/],
    ['steps that are no numbers', 'run_ids=a&metric_key=k&start_step=x&end_step=2', /start_step/],
  ])('refuses a sample with %s', async (_, query, message) => {
    const path = '/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval';
    const got = await call({ path, query, role: 'viewer' });
    expect([got.statusCode, jsonOf(got).error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(jsonOf(got).message).toMatch(message);
  });
});
