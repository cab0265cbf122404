import { mlflowUi } from '#infra/bundles/mlflow-ui.ts';

// Fetched with the caller's own network settings, before the deployment, which runs without them.
try {
  process.stdout.write(`${mlflowUi().folder}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
