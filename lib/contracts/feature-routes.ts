import { z } from 'zod';
import { Name, PageQuery, pageOf } from './common.ts';
import {
  HistoricalRequest,
  HistoricalStarted,
  MaterializationProgress,
  MaterializeRequest,
  MaterializeStarted,
  OnlineReply,
  OnlineRequest,
  PushReply,
  PushRequest,
} from './feature-requests.ts';
import {
  DefineFeatures,
  DefinitionKind,
  FeatureDefinition,
  FeatureDescription,
  FeatureViewVersion,
} from './features.ts';
import { FeatureValue } from './online.ts';
import type { RouteTable } from './routes.ts';

/** filter: words that stand in name, description, tags, owner or feature names; all must. */
export const DefinitionQuery = PageQuery.extend({
  project: Name.optional(),
  kind: DefinitionKind.optional(),
  filter: z.string().max(1_000).optional(),
  tag: z.string().max(300).optional(),
  owner: z.string().max(1_024).optional(),
});

const inProject = z.object({ project: Name.optional(), version: z.coerce.number().int().positive().optional() });

export const featureRoutes = {
  defineFeatures: {
    method: 'POST',
    path: '/features',
    summary: 'Define a feature view, or its next version',
    role: 'scientist',
    body: DefineFeatures,
    reply: FeatureViewVersion,
    repeatable: true,
    status: 201,
  },
  listDefinitions: {
    method: 'GET',
    path: '/features',
    summary: 'Entities, feature views and services, searched',
    role: 'viewer',
    query: DefinitionQuery,
    reply: pageOf(FeatureDefinition),
  },
  describeDefinition: {
    method: 'GET',
    path: '/features/definitions/{kind}/{name}',
    summary: 'A definition: newest version or one, who uses it, how well it is',
    role: 'viewer',
    params: z.object({ kind: DefinitionKind, name: Name }),
    query: inProject,
    reply: FeatureDescription,
  },
  listDefinitionVersions: {
    method: 'GET',
    path: '/features/definitions/{kind}/{name}/versions',
    summary: 'Versions of a definition, newest first',
    role: 'viewer',
    params: z.object({ kind: DefinitionKind, name: Name }),
    query: PageQuery.extend({ project: Name.optional() }),
    reply: pageOf(FeatureDefinition),
  },
  readFeatures: {
    method: 'GET',
    path: '/features/{entityId}',
    summary: 'Newest features of one entity',
    role: 'viewer',
    /** Comma-separated: view:feature, view, or a service. */
    query: z.object({ project: Name.optional(), featureViews: z.string().min(1).max(8_000) }),
    reply: z.object({ entityId: z.string(), features: z.record(z.string(), FeatureValue) }),
  },
  readOnline: {
    method: 'POST',
    path: '/features/online',
    summary: 'Newest features of many entities',
    role: 'viewer',
    body: OnlineRequest,
    reply: OnlineReply,
    repeatable: true,
  },
  pushFeatures: {
    method: 'POST',
    path: '/features/push',
    summary: 'Fresh rows into the online store, the offline store, or both',
    role: 'scientist',
    body: PushRequest,
    reply: PushReply,
    repeatable: true,
  },
  materialize: {
    method: 'POST',
    path: '/features/materialize',
    summary: 'Bring offline values online; without a start, what came since the last time',
    role: 'scientist',
    body: MaterializeRequest,
    reply: MaterializeStarted,
    status: 202,
  },
  materialization: {
    method: 'GET',
    path: '/features/materializations/{runId}',
    summary: 'How far a materialization has come',
    role: 'viewer',
    reply: MaterializationProgress,
  },
  historicalFeatures: {
    method: 'POST',
    path: '/features/historical',
    summary: 'Make a point-in-time correct data set for an entity table',
    role: 'scientist',
    body: HistoricalRequest,
    reply: HistoricalStarted,
    status: 202,
  },
} as const satisfies RouteTable;
