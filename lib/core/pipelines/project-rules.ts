import { viewEntities } from '#contracts/feature-views.ts';
import type { Project } from '#contracts/project.ts';
import { fairnessFits } from './fairness-rules.ts';
import { ledgerFieldsExist } from './ledger-rules.ts';
import type { Misfit } from './misfit.ts';
import { expressionsFit, onDemandNamesAreFree } from './on-demand-rules.ts';
import { schedulesAreReal } from './schedule-rules.ts';
import {
  candidatesFit,
  gatesCanBeMet,
  metricsFit,
  optionsFit,
  stackingFits,
  trustedAreFeatures,
} from './training-rules.ts';
import { readableNamesAreUnique, servicesNameViews, somethingIsTrainedOn, viewsAreSane } from './view-rules.ts';

type Rule = (project: Project) => Misfit[];

const list = (names: readonly string[]): string => names.join(', ');
const featureNames = (project: Project): string[] =>
  project.featureViews.flatMap((view) => view.features.map((feature) => feature.name));

const entitiesExist: Rule = ({ entities, featureViews }) => {
  const known = entities.map((entity) => entity.name);
  return featureViews.flatMap((view, i) =>
    viewEntities(view)
      .filter((entity) => !known.includes(entity))
      .map((entity) => ({
        path: ['featureViews', i, 'entity'],
        message: `no entity "${entity}"; entities are ${list(known)}`,
      })),
  );
};

const entityKeyIsJoinKey: Rule = ({ entities, serving }) => {
  const keys = entities.map((entity) => entity.joinKey);
  if (keys.includes(serving.entityKey)) return [];
  const message = `"${serving.entityKey}" is no entity's joinKey; join keys are ${list(keys)}`;
  return [{ path: ['serving', 'entityKey'], message }];
};

const requestFieldsAreFeatures: Rule = (project) => {
  const known = featureNames(project);
  return (project.serving.requestFields ?? []).flatMap((field, i) =>
    known.includes(field)
      ? []
      : [{ path: ['serving', 'requestFields', i], message: `"${field}" is no feature; features are ${list(known)}` }],
  );
};

const labelIsNoFeature: Rule = ({ label, featureViews }) =>
  featureViews.flatMap((view, i) =>
    view.features.flatMap((feature, j) =>
      feature.name === label.name
        ? [
            {
              path: ['featureViews', i, 'features', j, 'name'],
              message: `"${label.name}" is the label: a model must not see it`,
            },
          ]
        : [],
    ),
  );

// Columns that stand beside the features in data sets and offline rows.
const TIMES = ['event_timestamp', 'created_timestamp'];

const takenName = (name: string, joinKeys: readonly string[]): string | undefined => {
  if (TIMES.includes(name.toLowerCase()))
    return `"${name}" is a column that the platform adds itself; take another name`;
  const key = joinKeys.find((joinKey) => joinKey.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : `"${name}" is the join key "${key}"; a key is no feature and no label`;
};

const namesAreFree: Rule = ({ entities, featureViews, onDemandViews, label }) => {
  const joinKeys = entities.map((entity) => entity.joinKey);
  const named: Named[] = [
    ...featureViews.flatMap((view, i) =>
      view.features.map(({ name }, j) => ({ name, path: ['featureViews', i, 'features', j, 'name'] })),
    ),
    ...onDemandViews.flatMap((view, i) => [
      ...view.requestFields.map(({ name }, j) => ({ name, path: ['onDemandViews', i, 'requestFields', j, 'name'] })),
      ...view.features.map(({ name }, j) => ({ name, path: ['onDemandViews', i, 'features', j, 'name'] })),
    ]),
    { name: label.name, path: ['label', 'name'] },
  ];
  return named.flatMap(({ name, path }) => {
    const message = takenName(name, joinKeys);
    return message === undefined ? [] : [{ path, message }];
  });
};

interface Named {
  readonly name: string;
  readonly path: readonly PropertyKey[];
}
const repeated = (what: string, all: readonly Named[]): Misfit[] =>
  all.flatMap(({ name, path }, i) =>
    all.findIndex((other) => other.name === name) < i
      ? [{ path, message: `${what} "${name}" is there twice; every one needs a name of its own` }]
      : [],
  );

const namesAreUnique: Rule = ({ entities, featureViews, training }) => [
  ...repeated(
    'entity',
    entities.map(({ name }, i) => ({ name, path: ['entities', i, 'name'] })),
  ),
  ...repeated(
    'candidate',
    (training.candidates ?? []).map((name, i) => ({ name, path: ['training', 'candidates', i] })),
  ),
  ...repeated(
    'feature',
    featureViews.flatMap((view, i) =>
      view.features.map(({ name }, j) => ({ name, path: ['featureViews', i, 'features', j, 'name'] })),
    ),
  ),
];

const sharesGrow: Rule = ({ monitoring: { warningShare, severeShare } }) =>
  warningShare <= severeShare
    ? []
    : [
        {
          path: ['monitoring', 'severeShare'],
          message: `must be at least warningShare (${warningShare}), got ${severeShare}`,
        },
      ];

/** Every rule of a project file that its shape alone does not hold. */
export const projectRules: readonly Rule[] = [
  entitiesExist,
  entityKeyIsJoinKey,
  requestFieldsAreFeatures,
  ledgerFieldsExist,
  labelIsNoFeature,
  namesAreFree,
  namesAreUnique,
  readableNamesAreUnique,
  viewsAreSane,
  somethingIsTrainedOn,
  servicesNameViews,
  onDemandNamesAreFree,
  expressionsFit,
  sharesGrow,
  candidatesFit,
  metricsFit,
  gatesCanBeMet,
  optionsFit,
  fairnessFits,
  trustedAreFeatures,
  stackingFits,
  schedulesAreReal,
];
