import { type Feature, viewEntities } from '#contracts/feature-views.ts';
import type { FeatureDefinition, FeatureDescription, ViewHealth } from '#contracts/features.ts';
import type { Source } from '#contracts/sources.ts';
import { table } from '../../output.ts';

const ttl = (days: number): string => (days === 0 ? 'for ever' : `${days} days`);
const tagsText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

const contract = ({ required, minimum, maximum, values }: Feature): string =>
  [
    required ? 'required' : '',
    minimum === undefined ? '' : `≥ ${minimum}`,
    maximum === undefined ? '' : `≤ ${maximum}`,
    values ? `one of ${values.slice(0, 10).join(', ')}${values.length > 10 ? ', …' : ''}` : '',
  ]
    .filter(Boolean)
    .join(', ');

/** What a definition consists of, in a few words. */
const holds = (one: FeatureDefinition): string => {
  if (one.kind === 'entity') return `${one.entity.joinKey} (${one.entity.type})`;
  if (one.kind === 'service') return one.service.views.map((v) => (typeof v === 'string' ? v : v.view)).join(' ');
  return one.view.features.map(({ name }) => name).join(' ');
};
const MOST_SHOWN = 60;
const shortened = (text: string): string => (text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN - 1)}…` : text);
const ownerOf = (one: FeatureDefinition): string =>
  (one.kind === 'entity' ? undefined : one.kind === 'service' ? one.service.owner : one.view.owner) ?? '';

export const definitionTable = (all: readonly FeatureDefinition[]): string =>
  table(
    ['project', 'kind', 'name', 'version', 'owner', 'holds'],
    all.map((one) => [one.project, one.kind, one.name, String(one.version), ownerOf(one), shortened(holds(one))]),
  );

const placeOf = ({ path, database }: Source): string => path ?? `${database?.kind} ${database?.table ?? 'by a query'}`;

const factsOf = (one: FeatureDefinition): [string, string | undefined][] => {
  if (one.kind === 'entity')
    return [
      ['join key', `${one.entity.joinKey} (${one.entity.type})`],
      ['about', one.entity.description],
    ];
  const { description, owner, tags } = one.kind === 'service' ? one.service : one.view;
  const shared: [string, string | undefined][] = [
    ['about', description],
    ['owner', owner],
    ['tags', tagsText(tags) || undefined],
  ];
  if (one.kind !== 'view') return shared;
  return [
    ...shared,
    ['entity', viewEntities(one.view).join(' + ')],
    ['join keys', one.entities.map(({ joinKey }) => joinKey).join(' + ')],
    ['ttl', ttl(one.view.ttlDays)],
    ['online', one.view.online ? 'yes' : 'no'],
    ['source', one.source && `${one.view.source}: ${placeOf(one.source)}`],
  ];
};

/** What a request must bring. */
const requestTable = (fields: readonly Feature[]): string[] => {
  if (fields.length === 0) return [];
  const rows = fields.map((field) => [field.name, field.type, contract(field), field.description ?? '']);
  return [table(['request field', 'type', 'contract', 'about'], rows), ''];
};

const featureTable = (one: FeatureDefinition): string[] => {
  if (one.kind === 'entity') return [];
  if (one.kind === 'service')
    return one.service.views.map((v) => (typeof v === 'string' ? `  ${v}` : `  ${v.view}: ${v.features.join(', ')}`));
  const fields = one.kind === 'on-demand-view' ? requestTable(one.view.requestFields) : [];
  const rows = one.view.features.map((feature) => [
    feature.name,
    feature.type,
    'sql' in feature ? feature.sql : contract(feature),
    feature.description ?? '',
  ]);
  return [...fields, table(['feature', 'type', one.kind === 'view' ? 'contract' : 'sql', 'about'], rows)];
};

const healthLines = ({ materializedUntil, freshnessSeconds, availability, driftedFeatures, nullShare }: ViewHealth) => {
  const nulls = Object.entries(nullShare).filter(([, share]) => share > 0);
  return [
    materializedUntil === undefined ? 'nothing online yet' : `online until ${materializedUntil}`,
    freshnessSeconds === undefined ? '' : `${Math.round(freshnessSeconds)} s old`,
    availability === undefined ? '' : `${(100 * availability).toFixed(1)} % of look-ups found a value`,
    driftedFeatures.length > 0 ? `drifted: ${driftedFeatures.join(', ')}` : '',
    nulls.length > 0
      ? `missing: ${nulls.map(([name, share]) => `${name} ${(100 * share).toFixed(1)} %`).join(', ')}`
      : '',
  ].filter(Boolean);
};

/** A definition for people: what it holds, who uses it, how well it is. */
export const descriptionText = ({ definition, versions, usage, health }: FeatureDescription): string => {
  const { kind, name, project, version, createdAt, createdBy, projectVersion } = definition;
  const by = projectVersion === undefined ? createdBy : `${createdBy} with version ${projectVersion} of the project`;
  const facts = factsOf(definition).flatMap(([title, value]) => (value === undefined ? [] : [`${title}: ${value}`]));
  const models = usage.models.map((model) => `${model.name} ${model.version}`);
  const services = usage.services.map((service) => service.name);
  return [
    `${kind} ${name} of ${project}, version ${version} of ${versions}, ${createdAt} by ${by}`,
    ...facts,
    ...featureTable(definition),
    `services: ${services.join(', ') || 'none'}`,
    `models: ${models.join(', ') || 'none'}`,
    ...(health ? [`health at ${health.measuredAt}: ${healthLines(health).join('; ')}`] : []),
  ].join('\n');
};
