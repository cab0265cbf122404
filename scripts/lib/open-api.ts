import { z } from 'zod';
import { datasetRoutes } from '../../lib/contracts/dataset-routes.ts';
import { deploymentRoutes } from '../../lib/contracts/deployment.ts';
import { ErrorBody } from '../../lib/contracts/errors.ts';
import { featureRoutes } from '../../lib/contracts/feature-routes.ts';
import { identityRoutes } from '../../lib/contracts/identity.ts';
import { labelRoutes } from '../../lib/contracts/ledger.ts';
import { lineageRoutes } from '../../lib/contracts/lineage.ts';
import { monitoringRoutes } from '../../lib/contracts/monitoring.ts';
import { pipelineRoutes } from '../../lib/contracts/pipelines.ts';
import { registryRoutes } from '../../lib/contracts/registry.ts';
import type { Route, RouteTable } from '../../lib/contracts/routes.ts';
import { servingRoutes } from '../../lib/contracts/serving.ts';
import { trackingRoutes } from '../../lib/contracts/tracking.ts';
import { validationRoutes } from '../../lib/contracts/validation.ts';

const capabilities: Readonly<Record<string, RouteTable>> = {
  tracking: trackingRoutes,
  registry: registryRoutes,
  pipelines: pipelineRoutes,
  datasets: datasetRoutes,
  features: featureRoutes,
  deployment: deploymentRoutes,
  lineage: lineageRoutes,
  validation: validationRoutes,
  monitoring: monitoringRoutes,
  identity: identityRoutes,
  serving: servingRoutes,
  labels: labelRoutes,
};

type Json = Record<string, unknown>;
interface Shared {
  readonly schemas: Json;
}

/** A schema whose named parts move to the page's components. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output', { schemas }: Shared): Json => {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' }) as Json;
  for (const [name, part] of Object.entries($defs as Json)) schemas[name] = relinked(part);
  const { id } = own;
  if (typeof id !== 'string') return relinked(own) as Json;
  const { id: __, ...body } = own;
  schemas[id] = relinked(body);
  return { $ref: `#/components/schemas/${id}` };
};

/** The same schema with references into the page instead of into itself. */
const relinked = (node: unknown): unknown =>
  JSON.parse(JSON.stringify(node).replaceAll('"#/$defs/', '"#/components/schemas/'), (key, value) =>
    key === '' && value && typeof value === 'object' && !Array.isArray(value) ? withoutId(value) : value,
  );
const withoutId = ({ id, ...rest }: Json): Json =>
  typeof id === 'string' ? rest : { ...(id !== undefined && { id }), ...rest };

const pathParameters = (route: Route, shared: Shared): Json[] => {
  const typed = route.params ? (schemaOf(route.params, 'input', shared).properties as Json) : {};
  return [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: typed[name] && Object.keys(typed[name]).length > 0 ? typed[name] : { type: 'string' },
  }));
};

const queryParameters = (route: Route, shared: Shared): Json[] => {
  if (!route.query) return [];
  const { properties = {} } = schemaOf(route.query, 'output', shared);
  const { required = [] } = z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
};

const json = (schema: Json): Json => ({ 'application/json': { schema } });

const operation = (name: string, tag: string, { route, shared }: { route: Route; shared: Shared }): Json => ({
  operationId: name,
  tags: [tag],
  summary: route.summary,
  description: route.role ? `Needs the role ${route.role} or a higher one.` : 'Open to all.',
  ...(!route.role && { security: [] }),
  parameters: [...pathParameters(route, shared), ...queryParameters(route, shared)],
  ...(route.body && { requestBody: { required: true, content: json(schemaOf(route.body, 'input', shared)) } }),
  responses: {
    [route.status ?? 200]: { description: 'Done', content: json(schemaOf(route.reply, 'output', shared)) },
    default: { description: 'Refused or failed', content: json(schemaOf(ErrorBody, 'output', shared)) },
  },
});

/** The OpenAPI 3.1 page of the whole platform, made of nothing but the contracts. */
export const openApi = (): Json => {
  const shared: Shared = { schemas: {} };
  const paths: Record<string, Json> = {};
  for (const [tag, routes] of Object.entries(capabilities))
    for (const [name, route] of Object.entries(routes))
      paths[route.path] = {
        ...paths[route.path],
        [route.method.toLowerCase()]: operation(name, tag, { route, shared }),
      };
  const bearer = { type: 'http', scheme: 'bearer', description: 'An API key: mlp_{keyId}_{secret}' };
  return {
    openapi: '3.1.0',
    info: { title: 'MLOps platform', version: '1', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ apiKey: [] }],
    tags: Object.keys(capabilities).map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { apiKey: bearer },
      schemas: Object.fromEntries(Object.entries(shared.schemas).sort()),
    },
  };
};
