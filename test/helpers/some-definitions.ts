import { Entity, FeatureService, FeatureView, OnDemandView } from '#contracts/feature-views.ts';
import type { FeatureDefinition, FeatureViewVersion, OnDemandViewVersion } from '#contracts/features.ts';

const header = (project: string, name: string, version: number) => ({
  project,
  name,
  version,
  contentSha256: version.toString(16).padStart(64, '0'),
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ann',
});

interface Some {
  readonly project?: string;
  readonly version?: number;
}

/** A stored view of numbers; a feature may say more of itself. @example someView('usage', ['calls', 'minutes']) */
export const someView = (
  name: string,
  features: readonly (string | { readonly name: string; readonly type: string })[],
  { project = 'churn', version = 1 }: Some = {},
): FeatureViewVersion => ({
  kind: 'view',
  ...header(project, name, version),
  view: FeatureView.parse({
    name,
    entity: 'customer',
    features: features.map((one) => (typeof one === 'string' ? { name: one, type: 'number' } : one)),
  }),
  entities: [Entity.parse({ name: 'customer', joinKey: 'customer_id' })],
});

/** A view computed from stored features. */
export const someOnDemandView = (
  name: string,
  given: { readonly sql: Readonly<Record<string, string>>; readonly inputs?: OnDemandViewVersion['inputs'] },
  { project = 'churn', version = 1 }: Some = {},
): OnDemandViewVersion => ({
  kind: 'on-demand-view',
  ...header(project, name, version),
  view: OnDemandView.parse({
    name,
    features: Object.entries(given.sql).map(([feature, sql]) => ({ name: feature, type: 'number', sql })),
  }),
  inputs: given.inputs ?? [],
});

/** A service over views of its project. */
export const someService = (
  name: string,
  views: FeatureService['views'],
  { project = 'churn', version = 1 }: Some = {},
): FeatureDefinition => ({
  kind: 'service',
  ...header(project, name, version),
  service: FeatureService.parse({ name, views }),
});
