import { s3 } from '#adapters/aws/clients.ts';
import { s3ObjectStore } from '#adapters/aws/s3-object-store.ts';
import { keepRefusal } from '#core/features/index.ts';
import { lambdaVariables, readEnvironment } from './env.ts';
import { exitCodes, runStep } from './run-step.ts';
import { steps } from './steps.ts';

// The first process of a container ends at no signal that it does not listen to; a spot machine is taken back by one.
process.once('SIGTERM', () => process.exit(128 + 15));

const say = (line: string) => console.log(line);

const work = async (): Promise<number> => {
  const environment = readEnvironment(process.env);
  Object.assign(process.env, lambdaVariables(environment));
  const { STEP: step, INPUT, DATA_BUCKET } = environment;
  const run = { project: INPUT.project, execution: INPUT.execution, step };
  const keep = (error: Parameters<typeof keepRefusal>[2]) => keepRefusal(s3ObjectStore(s3(), DATA_BUCKET), run, error);
  return runStep({ environment, steps, keep, say });
};

// Connections that are kept warm would keep the task, too.
process.exit(
  await work().catch(({ name, message }: Error) => {
    say(JSON.stringify({ code: name, message }));
    return exitCodes.crashed;
  }),
);
