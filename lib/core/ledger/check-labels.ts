import type { Deployment } from '#contracts/deployment.ts';
import type { Label } from '#contracts/ledger.ts';
import { ServingFacts } from '#contracts/serving-facts.ts';
import { PlatformError, shownProblems } from '#core/shared/index.ts';
import type { Documents } from '#core/training/index.ts';

const FACTS = 'serving.json';
const Told = ServingFacts.pick({ problem: true, classes: true });

/** What can come true of a model's predictions. */
interface Outcomes {
  readonly model: string;
  readonly isNumber: boolean;
  readonly classes: ReadonlySet<string>;
}

const factsUri = (modelUri: string): string => `${modelUri}${modelUri.endsWith('/') ? '' : '/'}${FACTS}`;

/** What is no JSON says as little as what is not there; a store that is away says nothing at all. */
const unlessBroken = async (reading: Promise<unknown>): Promise<unknown> => {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
};

/**
 * What serving.json says of the versions that serve or served lately: labels come late, and during a canary for either.
 * @param deployments of one model, the newest first; at least one
 * @throws MODEL_LOAD_FAILED when none of them has a readable one
 */
export const outcomesOf = async (
  artifacts: Pick<Documents, 'read'>,
  deployments: readonly [Deployment, ...Deployment[]],
): Promise<Outcomes> => {
  const [{ model, variants }] = deployments;
  const uris = new Set(deployments.flatMap((one) => one.variants.map(({ modelUri }) => modelUri)));
  const facts = await Promise.all([...uris].map((uri) => unlessBroken(artifacts.read(factsUri(uri)))));
  const told = facts.flatMap((one) => Told.safeParse(one).data ?? []);
  if (told.length > 0)
    return {
      model,
      isNumber: told.some(({ problem }) => problem === 'regression'),
      classes: new Set(told.flatMap(({ classes }) => classes)),
    };
  const where = variants.map(({ modelUri }) => modelUri).join(' or ');
  const message = `what ${model} predicts is not known: there is no readable ${FACTS} at ${where}; deploy a version that the training pipeline made`;
  throw new PlatformError('MODEL_LOAD_FAILED', message, { model });
};

interface Wrong {
  /** Place in the body. */
  readonly at: string;
  readonly code: 'FIELD_TYPE_WRONG' | 'FIELD_OUT_OF_RANGE';
  readonly value: Label['label'];
  readonly message: string;
}

const nameOf = ({ prediction_id: id, entity_id: entity }: Label): string =>
  id === undefined ? `entity ${entity}` : `prediction ${id}`;

const wrongLabel = (label: Label, index: number, { model, isNumber, classes }: Outcomes): Wrong | undefined => {
  const { label: value } = label;
  // The ledger keeps labels as texts: 1 and "1" name the same class.
  if (classes.has(String(value)) || (isNumber && typeof value === 'number')) return undefined;
  const about = { at: `body.labels.${index}.label`, value };
  const said = `${JSON.stringify(value)} (${nameOf(label)})`;
  return isNumber
    ? { ...about, code: 'FIELD_TYPE_WRONG', message: `${said} is no number` }
    : { ...about, code: 'FIELD_OUT_OF_RANGE', message: `${said} is no class of ${model}` };
};

/** So far clocks of callers may be ahead. */
const AHEAD_MS = 5 * 60_000;

const wrongTime = (label: Label, index: number, now: Date): Wrong | undefined => {
  const { time } = label;
  if (time === undefined || Date.parse(time) <= now.getTime() + AHEAD_MS) return undefined;
  const message = `${time} (${nameOf(label)}) lies in the future, now is ${now.toISOString()}`;
  return { at: `body.labels.${index}.time`, code: 'FIELD_OUT_OF_RANGE', value: time, message };
};

const MOST_CLASSES_SHOWN = 50;

const allowed = ({ model, isNumber, classes }: Outcomes): string => {
  const names = [...classes].slice(0, MOST_CLASSES_SHOWN).map((name) => JSON.stringify(name));
  const more = classes.size > names.length ? [`and ${classes.size - names.length} more`] : [];
  const kinds = [...(isNumber ? ['numbers'] : []), ...(names.length > 0 ? [[...names, ...more].join(', ')] : [])];
  return `labels of ${model} are ${kinds.join(' or ')}`;
};

/**
 * Refuses labels that none of these versions could have predicted: a number of a regression, one of the classes
 * otherwise; and those of times to come.
 * @throws INVALID_REQUEST with every wrong label
 */
export const checkLabels = (labels: readonly Label[], outcomes: Outcomes, now: Date): void => {
  const wrong = labels.flatMap((label, index) =>
    [wrongLabel(label, index, outcomes), wrongTime(label, index, now)].filter((one) => one !== undefined),
  );
  if (wrong.length === 0) return;
  const { sentences, details } = shownProblems(wrong, ({ at, message }) => `${at}: ${message}`);
  const remedy = `${allowed(outcomes)}. None of these ${labels.length} labels was kept: correct them and send all again`;
  throw new PlatformError('INVALID_REQUEST', `${sentences.join('; ')}; ${remedy}`, {
    ...details,
    ...(outcomes.isNumber ? { allowed: 'number' } : { classes: [...outcomes.classes].slice(0, MOST_CLASSES_SHOWN) }),
  });
};
