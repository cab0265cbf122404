import { z } from 'zod';

const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

const Environment = z.object({
  /** Door of the step. @example features/ingest */
  STEP: z.string().min(1),
  /** What the step's Lambda would be called with. */
  INPUT: json(z.looseObject({ project: z.string(), execution: z.string() })),
  /** Code version of each step's Lambda: data sets are known by it, so that the Lambda finds what the task made. */
  CODE_VERSIONS: json(z.record(z.string(), z.string())),
  DATA_BUCKET: z.string().min(1),
  MEMORY_MIB: z.coerce.number().int().positive(),
});
export type Environment = z.infer<typeof Environment>;

/** Reads the task's environment once; a missing variable stops the start with its name. */
export const readEnvironment = (variables: NodeJS.ProcessEnv): Environment => {
  const parsed = Environment.safeParse(variables);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`the environment lacks or misstates: ${names}; the task definition and the state machine set them`);
};

/** The variables that a step's Lambda has and a task has not. @throws Error when the step has no code version */
export const lambdaVariables = ({ STEP, CODE_VERSIONS, MEMORY_MIB }: Environment): Record<string, string> => {
  const version = CODE_VERSIONS[STEP];
  if (!version) throw new Error(`CODE_VERSIONS has none for ${STEP}; it has: ${Object.keys(CODE_VERSIONS).join(', ')}`);
  return {
    CODE_VERSION: version,
    POWERTOOLS_SERVICE_NAME: STEP,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MEMORY_MIB),
  };
};
