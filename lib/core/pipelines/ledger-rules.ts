import type { Project } from '#contracts/project.ts';
import { allFeatureNames } from './all-feature-names.ts';
import type { Misfit } from './misfit.ts';

/** Fields that a record of the ledger can hold of a request or of stored features. */
const recordedFields = (project: Project): string[] => [
  ...allFeatureNames(project),
  ...project.onDemandViews.flatMap(({ requestFields }) => requestFields.map(({ name }) => name)),
];

const unknown = (field: string, known: readonly string[]): string =>
  `"${field}" is no field of a prediction; fields are ${known.join(', ')}`;

/** A record names its entity: labels that come by entity and time would find none else. */
const omittedExist = (project: Project): Misfit[] => {
  const known = recordedFields(project);
  const { entityKey, ledger } = project.serving;
  return (ledger?.omit ?? []).flatMap((field, i) => {
    if (known.includes(field)) return [];
    const message =
      field === entityKey
        ? `"${field}" is the entity's key, by which labels find a prediction: hash it instead`
        : unknown(field, known);
    return [{ path: ['serving', 'ledger', 'omit', i], message }];
  });
};

const hashedExist = (project: Project): Misfit[] => {
  const { entityKey, ledger } = project.serving;
  const known = [entityKey, ...recordedFields(project)];
  return (ledger?.hash ?? []).flatMap((field, i) => {
    const path = ['serving', 'ledger', 'hash', i];
    if (!known.includes(field)) return [{ path, message: unknown(field, known) }];
    return ledger?.omit.includes(field) ? [{ path, message: `"${field}" is left out already` }] : [];
  });
};

/** What the ledger shall leave out or hash is there: a name written wrong would leave a person's data in. */
export const ledgerFieldsExist = (project: Project): Misfit[] => [...omittedExist(project), ...hashedExist(project)];
