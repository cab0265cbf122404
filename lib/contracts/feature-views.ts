import { z } from 'zod';
import { ColumnName, Name } from './common.ts';

const text = z.string().min(1).max(1_024);

/** What a feature holds: number is a double, integer a whole number up to 2^53, timestamp a moment in UTC. */
export const FeatureType = z.enum(['number', 'integer', 'boolean', 'string', 'timestamp']);
export type FeatureType = z.infer<typeof FeatureType>;
/** What a model, and every data set that one is trained on, takes a feature as: all but text is a double. */
export const modelType = (type: FeatureType): 'number' | 'string' => (type === 'string' ? 'string' : 'number');

export const Feature = z.strictObject({
  name: ColumnName,
  type: FeatureType,
  description: text.optional(),
  /** The contract of its values: checked when features are built, before training, at a push and on live requests. */
  required: z.boolean().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  /** The only values there are. */
  values: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .min(1)
    .max(1_000)
    .optional(),
});
export type Feature = z.infer<typeof Feature>;

export const Entity = z.strictObject({
  name: Name,
  joinKey: ColumnName,
  type: z.enum(['string', 'number']).default('string'),
  description: text.optional(),
});
export type Entity = z.infer<typeof Entity>;

const tags = z.record(z.string().min(1).max(250), z.string().max(1_000)).default({});

/** Features that are true of an entity, or of a combination of entities, at a time. */
export const FeatureView = z.strictObject({
  name: Name,
  description: text.optional(),
  /** Several together are a composite key. */
  entity: z.union([Name, z.array(Name).min(1).max(8)]),
  features: z.array(Feature).min(1).max(500),
  /**
   * The source whose rows are its values, by the source's timestamp.
   * @default the project's features SQL, as of the end of its range
   */
  source: Name.optional(),
  /** Name under which fresh rows are pushed; several views may share one. @default the view's own */
  pushSource: Name.optional(),
  /** Days for which a value holds; 0 says for ever, as in Feast. */
  ttlDays: z.number().min(0).max(3_650).default(90),
  online: z.boolean().default(true),
  owner: text.optional(),
  tags,
});
export type FeatureView = z.infer<typeof FeatureView>;
/** @example viewEntities({ entity: 'user' }) // ['user'] */
export const viewEntities = ({ entity }: Pick<FeatureView, 'entity'>): readonly string[] => [entity].flat();

/** Features computed at the moment of asking, from what the request brings and from stored features. */
export const OnDemandView = z.strictObject({
  name: Name,
  description: text.optional(),
  /** Fields that a request, or a row of an entity table, must bring. */
  requestFields: z.array(Feature).max(100).default([]),
  features: z
    .array(
      z.strictObject({
        name: ColumnName,
        type: FeatureType,
        /** One scalar SQL expression over request fields, stored features and on-demand features before it. */
        sql: z.string().min(1).max(4_000),
        description: text.optional(),
      }),
    )
    .min(1)
    .max(200),
  /**
   * Whether the project's models take its features: the features SQL then gives the request fields, as they were at the
   * time of the row. Only a view whose stored features are those of the entity that is served can be trained on.
   * @default true
   */
  training: z.boolean().optional(),
  owner: text.optional(),
  tags,
});
export type OnDemandView = z.infer<typeof OnDemandView>;

/** The features that one model reads, under one name. */
export const FeatureService = z.strictObject({
  name: Name,
  description: text.optional(),
  /** Views by name, whole or some features of them. */
  views: z
    .array(z.union([Name, z.strictObject({ view: Name, features: z.array(ColumnName).min(1) })]))
    .min(1)
    .max(50),
  owner: text.optional(),
  tags,
});
export type FeatureService = z.infer<typeof FeatureService>;
