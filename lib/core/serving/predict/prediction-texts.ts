import type { Deployment } from '#contracts/deployment.ts';
import type { Explanation } from '#contracts/explanations.ts';
import type { FeatureValue } from '#contracts/online.ts';
import type { Prediction } from '#contracts/serving.ts';
import { explainMark, type Redactor } from '../ledger/index.ts';
import type { Answer, ModelRow, ServedModel } from '../ports.ts';

type Used = Readonly<Record<string, FeatureValue>>;

/** One prediction, as far as its reply and its record tell the same. */
export interface ToldPrediction {
  readonly id: string;
  /** By `answer`. */
  readonly answer: string;
  /** The features by name. */
  readonly used: () => Used;
}

/** What the record of a prediction tells besides. */
export interface ToldRecord {
  readonly time: string;
  readonly caller: string;
  readonly requestId: string;
  readonly entityId: string;
  readonly row: ModelRow;
  readonly brought: readonly string[];
  readonly latencyMs: number;
  /** The whole of it, where the request asked for one. */
  readonly explanation?: Explanation | undefined;
}

/** Writes a variant's replies and ledger lines: what never changes is written once. */
export interface PredictionTexts {
  /** What the reply and the record tell of the answer. */
  answer(answer: Answer): string;
  /** JSON of the features, which the reply and, unless something is redacted, the record share. */
  features(used: Used): string;
  /** JSON of a `Prediction`. */
  reply(told: ToldPrediction, features: string, explanation: Explanation | undefined): string;
  /** JSON of a `LedgerRecord`, with its mark where the ledger is to explain it. */
  line(told: ToldPrediction, features: string, record: ToldRecord): string;
}

export interface TextsOf {
  readonly names: Pick<Prediction, 'model_name' | 'model_version' | 'variant'>;
  readonly model: Pick<ServedModel, 'facts' | 'modelUri' | 'explains'>;
  readonly deployment: Pick<Deployment, 'explanations' | 'redaction'>;
  readonly redactor: Redactor;
}

const { stringify } = JSON;

/** Fields of an object without its braces. */
const inner = (of: object): string => stringify(of).slice(1, -1);

/** The same text comes again and again: a caller's, of all rows of a batch. */
const lastText = (): ((text: string) => string) => {
  let last = '';
  let written = '""';
  return (text) => {
    if (text !== last) {
      written = stringify(text);
      last = text;
    }
    return written;
  };
};
const callerText = lastText();
const requestText = lastText();

/** `"prediction":…` and what belongs to it. Numbers of an answer are finite. */
const answerWriter = ({ classes }: ServedModel['facts']): ((answer: Answer) => string) => {
  const known = new Map(classes.map((name) => [name, stringify(name)]));
  return ({ prediction, probability, probabilities }) => {
    const told = typeof prediction === 'string' ? (known.get(prediction) ?? stringify(prediction)) : prediction;
    if (probability === undefined) return `"prediction":${told}`;
    const both = `"prediction":${told},"probability":${probability}`;
    return probabilities ? `${both},"probabilities":${stringify(probabilities)}` : both;
  };
};

const explanationText = (explanation: Explanation | undefined): string =>
  explanation ? `,"explanation":${stringify(explanation)}` : '';

/** Texts of lists that come again and again as the very same object. */
const remembered = (write: (names: readonly string[]) => string) => {
  const texts = new WeakMap<readonly string[], string>();
  return (names: readonly string[]): string => {
    let text = texts.get(names);
    if (text === undefined) {
      text = write(names);
      texts.set(names, text);
    }
    return text;
  };
};

/** How a line ends: whether the ledger is to explain it, and with which row where the record hides what the model saw. */
const lineEnd = ({ model, deployment, redactor }: TextsOf): ((row: ModelRow) => string) => {
  const { facts, modelUri, explains } = model;
  if (!explains || deployment.explanations === 'asked') return () => '}';
  const isHidden = facts.inputs.some(({ name }) => redactor.rule(name) !== 'as-is');
  if (isHidden) return (row) => explainMark(modelUri, row);
  const mark = explainMark(modelUri);
  return () => mark;
};

export const predictionTexts = (of: TextsOf): PredictionTexts => {
  const { names, deployment, redactor } = of;
  const head = `,${inner(names)},`;
  const end = lineEnd(of);
  const broughtText = remembered((all) => stringify(all.filter((name) => redactor.rule(name) !== 'omit')));
  const inputsText = (used: ToldPrediction['used'], features: string): string =>
    deployment.redaction ? stringify(redactor.inputs(used())) : features;
  return {
    answer: answerWriter(of.model.facts),
    features: stringify,
    reply: ({ id, answer }, features, explanation) =>
      `{"prediction_id":"${id}"${head}${answer},"features_used":${features}${explanationText(explanation)}}`,
    line: ({ id, answer, used }, features, record) => {
      const { time, caller, requestId, entityId, brought, latencyMs, explanation, row } = record;
      const who = `"caller":${callerText(caller)},"request_id":${requestText(requestId)}`;
      const entity = `"entity_id":${stringify(redactor.entityId(entityId))}`;
      const inputs = `"inputs":${inputsText(used, features)},"brought":${broughtText(brought)}`;
      const latency = `"latency_ms":${Math.round(latencyMs * 1_000) / 1_000}`;
      const rest = explanation ? `${explanationText(explanation)}}` : end(row);
      return `{"prediction_id":"${id}","time":"${time}",${who}${head}${entity},${inputs},${answer},${latency}${rest}`;
    },
  };
};
