import { Command } from 'commander';
import { GateReport, type GateVerdict } from '#contracts/gates.ts';
import { readArtifact } from '../../artifact.ts';
import { connect, connection } from '../../connection.ts';
import { show, table } from '../../output.ts';
import { trainingOf } from '../../training-runs.ts';

/** Against production it is no metric that is held to the limit, but how often the new model was worse. */
const shownValue = ({ gate, value }: GateVerdict): string => {
  if (value === null) return 'not measured';
  return gate === 'production'
    ? `worse in ${Number((value * 100).toPrecision(5))} % of samples`
    : String(Number(value.toPrecision(5)));
};

const cells = (verdict: GateVerdict): string[] => [
  verdict.passed ? 'passed' : 'refused',
  verdict.gate,
  verdict.name,
  shownValue(verdict),
  verdict.limit,
  verdict.passed ? '' : verdict.message,
];

const asText = ({ passed, candidate, verdicts }: GateReport): string =>
  `${candidate}: ${passed ? 'passed every gate' : 'refused, nothing was registered'}\n\n${table(
    ['verdict', 'gate', 'what', 'value', 'limit', 'why'],
    verdicts.map(cells),
  )}`;

export const gateCommand = (): Command =>
  new Command('gate')
    .description('what the gates said of the model that a training chose; ends with 1 where they refused it')
    .argument('<run>', 'id of a training, training.01… too, or of one of its candidates')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp runs gate 6f0b5c1d2e3f4a5b6c7d8e9f0a1b2c3d')
    .action(async (runId: string, { json }: { json?: boolean }) => {
      const training = await trainingOf(connect(), runId);
      const text = await readArtifact(connection(), { runId: training.info.runId }, 'gate.json');
      if (text === undefined)
        throw new Error(
          `training ${training.info.runId} has no gate.json: it has not come to its gates, or ended before them; see \`mlp runs show ${training.info.runId}\``,
        );
      const report = GateReport.parse(JSON.parse(text));
      show(report, json, asText);
      if (!report.passed) process.exitCode = 1;
    });
