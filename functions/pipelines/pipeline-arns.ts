import { text } from '../_shared/env.ts';

/** Environment of the functions that know every state machine. */
export const pipelineArnsEnv = {
  DATA_PIPELINE_ARN: text,
  TRAINING_PIPELINE_ARN: text,
  DEPLOYMENT_PIPELINE_ARN: text,
  MONITORING_PIPELINE_ARN: text,
  MATERIALIZATION_PIPELINE_ARN: text,
  HISTORICAL_PIPELINE_ARN: text,
  SCORING_PIPELINE_ARN: text,
};
type ArnsEnv = Readonly<Record<keyof typeof pipelineArnsEnv, string>>;

export const pipelineArns = (env: ArnsEnv) => ({
  data: env.DATA_PIPELINE_ARN,
  training: env.TRAINING_PIPELINE_ARN,
  deployment: env.DEPLOYMENT_PIPELINE_ARN,
  monitoring: env.MONITORING_PIPELINE_ARN,
  materialization: env.MATERIALIZATION_PIPELINE_ARN,
  historical: env.HISTORICAL_PIPELINE_ARN,
  scoring: env.SCORING_PIPELINE_ARN,
});
