import { z } from 'zod';
import { documents, s3 } from '#adapters/aws/clients.ts';
import { dynamoProjectStore } from '#adapters/aws/dynamo-project-store.ts';
import { dynamoRegistryStore } from '#adapters/aws/dynamo-registry-store.ts';
import { s3ModelSource } from '#adapters/aws/s3-model-source.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { scoringSteps } from '#contracts/scoring.ts';
import { planScoring } from '#core/serving/index.ts';
import { readEnv, text } from '../_shared/env.ts';
import { stepHandler } from '../_shared/step.ts';
import { scoringDeps, scoringEnv } from './_scoring-deps.ts';

const env = readEnv({
  ...scoringEnv,
  PROJECTS_TABLE: text,
  REGISTRY_TABLE: text,
  ARTIFACT_BUCKET: text,
  /** Of the step that scores: other code may score otherwise. */
  SCORING_CODE_VERSION: text,
  FARGATE_FROM_BYTES: z.coerce.number().int().positive(),
});
const deps = {
  ...scoringDeps(env),
  codeVersion: env.SCORING_CODE_VERSION,
  projects: dynamoProjectStore(documents(), env.PROJECTS_TABLE),
  registry: dynamoRegistryStore(documents(), env.REGISTRY_TABLE),
  source: s3ModelSource(s3ObjectStore(s3(), env.ARTIFACT_BUCKET)),
  limits: { fargateFromBytes: env.FARGATE_FROM_BYTES },
};

export const handler = stepHandler(scoringSteps.planScoring, (input) => planScoring(deps, input));
