import { Project } from '#contracts/project.ts';
import { PlatformError } from '../shared/errors.ts';
import { refuse, shapeProblems } from './check-project.ts';
import type { Misfit } from './misfit.ts';
import type { ParseText } from './ports.ts';
import { problemAt } from './problems.ts';
import { projectRules } from './project-rules.ts';

type Given = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const firstKey = ({ entities }: Given): unknown =>
  Array.isArray(entities) && isMapping(entities[0]) ? entities[0].joinKey : undefined;

/** What a project needs for its pipelines, and nobody who only reads its views. */
const standIns = (given: Given): Given => ({
  dataset: { sql: 'dataset.sql' },
  expectations: 'expectations.json',
  features: { sql: 'features.sql' },
  label: { name: '__label' },
  serving: { entityKey: firstKey(given) ?? '__key' },
});

// What is wrong with a stand-in is no fault of the file.
const isOfFile = (given: Given, { path }: Misfit): boolean => {
  const [section] = path;
  const isAboutServing = given.serving === undefined && path.length === 1;
  return typeof section === 'string' && section in given && !isAboutServing;
};

/**
 * The views of a project file, with the sources and entities they need: the rest of the project may be missing.
 * @throws PROJECT_INVALID with every problem: file, line, column, the value, what is allowed
 * @example checkViews({ file: 'project.yaml', text }, parseText).featureViews
 */
export const checkViews = ({ file, text }: { file: string; text: string }, parse: ParseText): Project => {
  const parsed = parse(text);
  if (parsed.problems.length > 0)
    throw refuse(parsed.problems.map(({ message, place }) => ({ file, ...place, path: '', message })));
  const given = parsed.value;
  if (!isMapping(given))
    throw new PlatformError('PROJECT_INVALID', `${file} is empty; it needs name, sources, entities and featureViews`);
  const source = { file, parsed, schema: Project };
  const project = Project.safeParse({ ...standIns(given), ...given });
  if (!project.success) throw refuse(shapeProblems(source, project.error.issues));
  const misfits = projectRules.flatMap((rule) => rule(project.data)).filter((misfit) => isOfFile(given, misfit));
  if (misfits.length > 0) throw refuse(misfits.map(({ path, message }) => problemAt(source, path, message)));
  return project.data;
};
