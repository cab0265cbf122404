import { describe, expect, it } from '@jest/globals';
import { view } from '#test/core/features/online/online-world.ts';
import { feastWorld } from './_feast-world.ts';

const NEVER = '1970-01-01T00:00:00Z';
const detail = (name: string) => expect.stringContaining(`"class":"${name}"`);
const usage = {
  user_id: ['U1', 'U2'],
  calls: [3, 2.5],
  event_timestamp: ['2026-03-01T10:00:00', '2026-03-01 11:00:00.250+00:00'],
  created: ['2026-03-01T10:00:01', null],
};
const wrongType = { detail: [expect.objectContaining({ type: 'field_type_wrong' })] };
const write = { feature_view_name: 'usage', df: usage, allow_registry_cache: false };

describe('what Feast’s clients ask the door', () => {
  it('is answered in columns: join keys first, then features, doubles staying doubles', async () => {
    const { call } = await feastWorld();
    expect(await call('/write-to-online-store', { body: write })).toMatchObject({ status: 200, body: null });
    const asked = { features: ['usage:calls'], entities: { user_id: ['U1', 'U2', 'U3'] } };
    const { status, body, text } = await call('/get-online-features', { body: asked, role: 'viewer' });
    expect(status).toBe(200);
    expect(body).toEqual({
      metadata: { feature_names: ['user_id', 'calls'] },
      results: [
        { values: ['U1', 'U2', 'U3'], statuses: Array(3).fill('PRESENT'), event_timestamps: Array(3).fill(NEVER) },
        {
          values: [3, 2.5, null],
          statuses: ['PRESENT', 'PRESENT', 'NOT_FOUND'],
          event_timestamps: ['2026-03-01T10:00:00Z', '2026-03-01T11:00:00.250Z', NEVER],
        },
      ],
    });
    expect(text).toContain('[3.0,2.5,null]');
  });

  it('takes a feature service, full names, versions, and the project in the path', async () => {
    const { call } = await feastWorld([view('usage', [{ name: 'calls', type: 'number' }], {}, 'other')]);
    const named = await call('/fraud/write-to-online-store', { body: write });
    expect(named.status).toBe(200);
    const asked = {
      feature_service: 'scoring',
      entities: { user_id: ['U1'] },
      full_feature_names: true,
      include_feature_view_version_metadata: true,
    };
    const { body } = await call('/fraud/get-online-features', { body: asked });
    expect(body.metadata).toEqual({
      feature_names: ['user_id', 'usage__calls', 'profile__city'],
      feature_view_metadata: [
        { name: 'usage', version: 1 },
        { name: 'profile', version: 1 },
      ],
    });
    const ambiguous = await call('/write-to-online-store', { body: write });
    expect(ambiguous).toMatchObject({ status: 422, body: { detail: [{ type: 'view_ambiguous' }] } });
  });

  it('keeps integers of 64 bits, whole seconds and NaN as Feast has them', async () => {
    const { call } = await feastWorld();
    const df = `{"user_id": [9007199254740993], "age": [NaN], "city": [null], "is_premium": [true],
      "joined_at": ["2026-01-01T00:00:00.5"], "event_timestamp": ["2026-03-01T10:00:00"], "extra": [1]}`;
    const pushed = await call('/push', { body: `{"push_source_name": "profile", "df": ${df}, "to": "online"}` });
    expect(pushed).toEqual({ status: 200, body: undefined, text: undefined });
    const body =
      '{"features": ["profile:age", "profile:is_premium", "profile:joined_at"], "entities": {"user_id": [9007199254740993]}}';
    const reply = await call('/get-online-features', { body });
    expect(reply.text).toContain('"values":[9007199254740993]');
    expect(reply.body.results.slice(1).map(({ values }: { values: unknown[] }) => values[0])).toEqual([
      null,
      true,
      Date.parse('2026-01-01T00:00:00Z') / 1_000,
    ]);
  });

  it('takes columns as pandas writes them by index', async () => {
    const { call } = await feastWorld();
    const df = { user_id: { 0: 'U1' }, calls: { 0: 1 }, event_timestamp: { 0: '2026-03-01T10:00:00' } };
    expect((await call('/write-to-online-store', { body: { feature_view_name: 'usage', df } })).status).toBe(200);
  });

  it.each([
    ['/get-online-features', { features: ['nope:x'], entities: {} }, 404, detail('FeatureViewNotFoundException')],
    ['/get-online-features', { feature_service: 'nope', entities: {} }, 404, detail('FeatureServiceNotFoundException')],
    ['/get-online-features', { features: ['usage:x'], entities: {} }, 404, detail('SpecifiedFeaturesNotPresentError')],
    ['/get-online-features', { features: ['usage'], entities: { usr: [1] } }, 404, detail('EntityNotFoundException')],
    ['/get-online-features', { entities: {} }, 422, { detail: [expect.objectContaining({ loc: ['body'] })] }],
    ['/get-online-features', { features: ['usage'], entities: {} }, 422, { detail: [expect.anything()] }],
    ['/push', { push_source_name: 'nope', df: usage }, 422, detail('PushSourceNotFoundException')],
    [
      '/push',
      { push_source_name: 'usage', df: 'x' },
      422,
      { detail: [expect.objectContaining({ loc: ['body', 'df'] })] },
    ],
    ['/push', '{', 422, { detail: [expect.objectContaining({ type: 'json_invalid' })] }],
    ['/write-to-online-store', { ...write, df: { ...usage, calls: ['a', 'b'] } }, 422, { detail: [expect.anything()] }],
    ['/write-to-online-store', { ...write, df: { ...usage, user_id: ['', ''] } }, 422, wrongType],
    ['/get-online-features', { features: ['usage'], entities: { user_id: [''] } }, 422, wrongType],
    ['/materialize', { start_ts: '2026-01-01' }, 422, { detail: [expect.anything()] }],
    ['/search', {}, 404, { detail: 'Not Found' }],
  ])('%s %j is refused with %i', async (url, body, status, answer) => {
    const { call } = await feastWorld();
    expect(await call(url, { body })).toMatchObject({ status, body: answer });
  });

  it('asks for a key, and for one that may write', async () => {
    const { call } = await feastWorld();
    expect((await call('/get-online-features', { body: {}, role: null })).status).toBe(401);
    const writing = await call('/write-to-online-store', { body: write, role: 'viewer' });
    expect(writing).toMatchObject({ status: 403, body: detail('FeastPermissionError') });
    expect((await call('/health', { method: 'POST' })).status).toBe(405);
    expect(await call('/health', { method: 'GET', role: null })).toMatchObject({ status: 200, text: undefined });
  });
});

describe('materializing through the door', () => {
  const range = { start_ts: '2026-01-01T00:00:00', end_ts: '2026-03-01T00:00:00+01:00' };

  it('waits for the end, and reads naive times as UTC', async () => {
    const { call, execution } = await feastWorld();
    const done = await call('/materialize', { body: { ...range, feature_views: ['usage'] } });
    expect(done).toMatchObject({ status: 200, body: null });
    const start = '2026-01-01T00:00:00.000Z';
    const end = '2026-02-28T23:00:00.000Z';
    expect(execution.started).toEqual([{ project: 'fraud', featureViews: ['usage'], start, end }]);
    await call('/fraud/materialize-incremental', { body: { end_ts: range.end_ts } });
    expect(execution.started[1]).toEqual({ project: 'fraud', end });
    execution.status = 'FAILED';
    expect((await call('/materialize', { body: { ...range, feature_views: ['usage'] } })).status).toBe(500);
  });

  it('goes on by itself when it takes longer, or when it is asked to, and once at a time', async () => {
    const { call, execution } = await feastWorld();
    execution.status = 'RUNNING';
    const body = { ...range, feature_views: ['usage'] };
    const accepted = { status: 202, body: { status: 'accepted', feature_views: ['usage'] } };
    expect(await call('/materialize', { body })).toMatchObject(accepted);
    const again = await call('/materialize?async=true', { body });
    expect(again).toMatchObject({ status: 409, body: { error: expect.stringContaining('running') } });
    const other = await call('/materialize?async=true', { body: { ...range, feature_views: ['profile'] } });
    expect(other).toMatchObject({ status: 202, body: { feature_views: ['profile'] } });
  });
});
