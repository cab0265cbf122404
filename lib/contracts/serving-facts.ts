import { z } from 'zod';
import { ColumnName, Name, Share } from './common.ts';
import { Explained, ExplanationMethod } from './explanations.ts';
import { Feature, FeatureType } from './feature-views.ts';
import { OnDemandParts } from './online.ts';
import { Problem } from './problems.ts';

/** A raw column the model takes: a missing number is NaN, a missing string is "". */
export const ModelInput = z.object({
  name: ColumnName,
  type: z.enum(['number', 'string']),
  /** request: the caller brings it, nothing is stored of it. @default stored */
  source: z.enum(['stored', 'request']).optional(),
  /** double: features are computed from it inside the graph, so it is not rounded on its way in. @default float */
  precision: z.enum(['float', 'double']).optional(),
  /**
   * Input of the graph, float32 [N, K], in which the K inputs that name it lie side by side in their order: what most
   * converters make of a table of numbers. @default an input [N, 1] of its own
   */
  tensor: z.string().min(1).optional(),
  /** What the feature is declared as: `type` is how the model takes it. @default nothing is known but `type` */
  declared: FeatureType.optional(),
  ...Feature.pick({ required: true, minimum: true, maximum: true, values: true }).shape,
});
export type ModelInput = z.infer<typeof ModelInput>;

/** Where explanations begin: files beside the model, below model/explain/. */
export const explanationFiles = {
  /** Rows that predictions are compared with: raw columns, by column. */
  background: 'explain/background.json',
  /** Trees or coefficients by raw column, so that values are exact. */
  parts: 'explain/parts.json',
  /** Rows with their values: what a server must come out at. */
  golden: 'explain/golden.json',
} as const;

/** serving.json beside model.onnx: what serving must know that the graph does not say. */
export const ServingFacts = z
  .object({
    format: z.literal(2),
    project: z.string(),
    runId: z.string(),
    problem: Problem,
    /** Inputs of the graph, each [N, 1]. */
    inputs: z.array(ModelInput).min(1),
    /** Name of the output with [N, K] float32: probabilities of `classes` in order, or [N, 1] the predicted number. */
    scoresOutput: z.string(),
    /** Features that the graph computes from its inputs, and the outputs [N, 1] that show them: float or double, or string. */
    computed: z
      .array(
        z.object({
          name: ColumnName,
          type: z.enum(['number', 'string']),
          /** What the feature holds: predictions tell a truth value as one. */
          declared: FeatureType.optional(),
          output: z.string(),
        }),
      )
      .default([]),
    entityKey: ColumnName,
    /** How those inputs come about that are computed from the request outside of the graph. */
    onDemand: OnDemandParts.optional(),
    /** Views whose stored features it takes: other views of the entity may have features of the same names. @default all */
    views: z.array(Name).optional(),
    /** Names of the classes in the order of the scores, for two classes negative first; none for a number. */
    classes: z.array(z.string()),
    /** Probability from which the positive of two classes is answered. */
    threshold: Share.optional(),
    onnxSha256: z.string(),
    /** Rows with the scores the graph must give (within 1e-5): checked before a model goes live. */
    goldenRows: z.array(
      z.object({
        inputs: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
        scores: z.array(z.number()),
      }),
    ),
    /**
     * Predictions of the test split (at most 2,000), the reference of prediction drift: probabilities of the positive of
     * two classes, names of the answered of several classes, or predicted numbers.
     */
    referencePredictions: z.union([z.array(z.number()), z.array(z.string())]),
    /**
     * linear and tree: exact, from `parts`, of the model before calibration; sampled: by asking the graph. margin is the
     * score before the sigmoid or softmax.
     */
    explanation: z
      .object({
        method: ExplanationMethod,
        of: Explained,
        /** Output with the encoded row [N, M] that `parts` speak of. */
        encodedOutput: z.string().optional(),
        backgroundSha256: z.string(),
      })
      .optional(),
  })
  .meta({ id: 'ServingFacts' });
export type ServingFacts = z.infer<typeof ServingFacts>;
