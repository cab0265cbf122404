import type { ServedModelDescription } from '#contracts/serving.ts';
import { fieldSchema, type Json, keySchema } from './field-schema.ts';

const requestSchema = ({ fields, entityKey, example }: ServedModelDescription): Json => ({
  type: 'object',
  properties: Object.fromEntries(
    fields.map((field) => [field.name, field.name === entityKey ? keySchema(field) : fieldSchema(field)]),
  ),
  required: fields.filter(({ required }) => required).map(({ name }) => name),
  additionalProperties: false,
  examples: [example],
});

const share: Json = { type: 'number', minimum: 0, maximum: 1 };

const answerSchemas = ({ problem, classes }: ServedModelDescription): Json => {
  if (problem === 'regression') return { prediction: { type: 'number' } };
  const answered = { prediction: { enum: classes }, probability: share };
  if (problem === 'binary-classification') return answered;
  const each = Object.fromEntries(classes.map((name) => [name, share]));
  return { ...answered, probabilities: { type: 'object', properties: each, required: classes } };
};

const values: Json = { type: 'object', additionalProperties: { type: ['number', 'string', 'boolean', 'null'] } };
const numbers: Json = { type: 'object', additionalProperties: { type: 'number' } };

const explanationSchema: Json = {
  type: 'object',
  description: 'where ?explain=true asks for it: expected and all values add up to explained',
  properties: {
    method: { enum: ['linear', 'tree', 'sampled'] },
    of: { enum: ['margin', 'probability', 'value'] },
    output: { type: 'string' },
    expected: { type: 'number' },
    explained: { type: 'number' },
    values: numbers,
    others: { type: 'number' },
    standard_errors: numbers,
  },
  required: ['method', 'of', 'output', 'expected', 'explained', 'values'],
};

const replySchema = (model: ServedModelDescription): Json => {
  const answered = answerSchemas(model);
  return {
    type: 'object',
    properties: {
      prediction_id: { type: 'string' },
      model_name: { const: model.model },
      model_version: { enum: model.variants.map(({ version }) => String(version)) },
      variant: { enum: ['stable', 'canary'] },
      ...answered,
      features_used: values,
      ...(model.explanation !== 'none' && { explanation: explanationSchema }),
    },
    required: ['prediction_id', 'model_name', 'model_version', 'variant', ...Object.keys(answered), 'features_used'],
  };
};

const error: Json = { $ref: '#/components/schemas/Error' };
const content = (schema: Json): Json => ({ 'application/json': { schema } });
const failures: Json = Object.fromEntries(
  [
    ['400', 'a field is missing, unknown, of the wrong type or out of its range'],
    ['401', 'no valid API key'],
    ['404', 'no such model, or nothing is stored of the entity'],
    ['413', 'the body is too large'],
    ['429', 'as much waits as may: ask again after Retry-After'],
    ['503', 'something behind is away: ask again after Retry-After'],
    ['504', 'x-timeout-ms was over before the model was asked'],
  ].map(([status, description]) => [status, { description, content: content(error) }]),
);

const headers: readonly Json[] = [
  {
    name: 'x-correlation-id',
    in: 'header',
    schema: { type: 'string' },
    description: 'names the request in logs and ledger',
  },
  { name: 'x-timeout-ms', in: 'header', schema: { type: 'number' }, description: 'how long the caller waits' },
];
const explain: readonly Json[] = [
  { name: 'explain', in: 'query', schema: { type: 'boolean', default: false } },
  { name: 'top', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 1_000 } },
];

interface Operation {
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly request: Json;
  readonly reply: Json;
}

const operation = ({ id, summary, tag, request, reply }: Operation): Json => ({
  post: {
    ...{ operationId: id, summary, tags: [tag], security: [{ key: [] }] },
    parameters: [...headers, ...explain],
    requestBody: { required: true, content: content(request) },
    responses: { '200': { description: 'the prediction', content: content(reply) }, ...failures },
  },
});

const batchOf = (row: Json, example: unknown): Json => ({
  type: 'object',
  properties: { rows: { type: 'array', items: row, minItems: 1, maxItems: 1_000 } },
  required: ['rows'],
  additionalProperties: false,
  examples: [{ rows: [example] }],
});

const pathsOf = (model: ServedModelDescription): Json => {
  const { model: name, example } = model;
  const request = { $ref: `#/components/schemas/${name}-request` };
  const reply = { $ref: `#/components/schemas/${name}-reply` };
  const rowError = { type: 'object', properties: { error: { type: 'object' } }, required: ['error'] };
  const replies = { type: 'array', items: { anyOf: [reply, rowError] } };
  const one = {
    id: `predict-${name}`,
    summary: `Predict one ${model.entityKey} by ${name}`,
    tag: name,
    request,
    reply,
  };
  const many = {
    ...one,
    id: `predict-batch-${name}`,
    summary: `Predict up to 1,000 rows by ${name}`,
    request: batchOf(request, example),
    reply: { type: 'object', properties: { predictions: replies }, required: ['predictions'] },
  };
  return { [`/predict/${name}`]: operation(one), [`/predict/${name}/batch`]: operation(many) };
};

const errorSchema: Json = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, requestId: { type: 'string' } },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
};

/**
 * OpenAPI 3.1 of what is served now: a path for each model, with its own request, reply and an example that works.
 * @param server where the paths begin, relative to the document. @example '..' for one at /serving/openapi.json
 */
export const servedOpenApi = (models: readonly ServedModelDescription[], server: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Predictions',
    version: '1',
    description: 'Models that serve now, each with what it takes and answers.',
  },
  servers: [{ url: server }],
  paths: Object.assign({}, ...models.map(pathsOf)) as Json,
  components: {
    securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'an API key of the platform' } },
    schemas: {
      ...Object.fromEntries(
        models.flatMap((model) => [
          [`${model.model}-request`, requestSchema(model)],
          [`${model.model}-reply`, replySchema(model)],
        ]),
      ),
      Error: errorSchema,
    },
  },
});
