import type { GateVerdict } from '#contracts/gates.ts';
import type { ParityReport } from '#contracts/training-result.ts';
import type { NodeParity } from './parity-node.ts';
import { shownNumber } from './shown-number.ts';

const LIMIT = 'at most 1e-5 and no other answer';

const verdict = (name: string, report: ParityReport): GateVerdict => ({
  gate: 'parity',
  name,
  value: report.maxAbsDiff,
  limit: LIMIT,
  passed: report.passed,
  message:
    `${name} differs from the original pipeline by up to ${shownNumber(report.maxAbsDiff)} on ${report.rows} rows, ` +
    `${report.labelMismatches} answers and ${report.computedMismatches} computed features are others; must be ${LIMIT}`,
});

/** The graph in both runtimes against the original pipeline. */
export const parityVerdicts = (python: ParityReport, node: NodeParity): GateVerdict[] => [
  verdict('onnxruntime', python),
  node.report
    ? verdict('onnxruntime-node', node.report)
    : {
        gate: 'parity',
        name: 'onnxruntime-node',
        value: null,
        limit: LIMIT,
        passed: false,
        message: `onnxruntime-node was not held against the original pipeline: ${node.problem}; train again`,
      },
];
