import { Project } from '#contracts/project.ts';
import { ExpectationSuite } from '#contracts/validation.ts';
import { PlatformError } from '../shared/errors.ts';
import { shownProblems } from '../shared/shown-problems.ts';
import { fittingCandidates } from './fitting-candidates.ts';
import type { ParseText } from './ports.ts';
import { explainIssue, type IssueLike, type Problem, problemAt, type SourceText } from './problems.ts';
import { projectRules } from './project-rules.ts';

const SHOWN_CHARACTERS = 500;
export const PROJECT_FILE = 'project.yaml';
export type ProjectFiles = Readonly<Record<string, string>>;

interface Reading {
  readonly files: ProjectFiles;
  readonly parse: ParseText;
}

export const refuse = (problems: readonly Problem[]): PlatformError => {
  const line = (p: Problem): string => `${p.file}:${p.line}:${p.column}: ${p.path} ${p.message}`;
  const { sentences, details } = shownProblems(problems, line);
  return new PlatformError('PROJECT_INVALID', sentences.join('\n'), details);
};

const read = ({ files, parse }: Reading, file: string, schema: unknown): SourceText | Problem[] => {
  const parsed = parse(files[file] ?? '');
  if (parsed.problems.length === 0) return { file, parsed, schema };
  return parsed.problems.map(({ message, place }) => ({ file, ...place, path: '', message }));
};

export const shapeProblems = (source: SourceText, issues: readonly unknown[]): Problem[] =>
  issues.flatMap((issue) => explainIssue(source, fittingCandidates(source, issue as IssueLike)));

/** Files that project.yaml names, with the path at which it does. */
export const namedFiles = (project: Project): { path: string[]; file: string }[] => [
  { path: ['dataset', 'sql'], file: project.dataset.sql },
  { path: ['features', 'sql'], file: project.features.sql },
  { path: ['expectations'], file: project.expectations },
];

const missingFiles = (source: SourceText, project: Project, files: ProjectFiles): Problem[] =>
  namedFiles(project)
    .filter(({ file }) => !files[file]?.trim())
    .map(({ path, file }) => {
      const given = Object.keys(files).join(', ');
      return problemAt(source, path, `the file "${file}" is missing or empty; files given: ${given}`);
    });

/** JSON itself, since YAML's reader takes more than the validation step will. */
const jsonProblem = (file: string, text: string): Problem[] => {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    return [{ file, line: 1, column: 1, path: '', message: `is not JSON: ${(error as Error).message}` }];
  }
};

const suiteProblems = (reading: Reading, file: string): Problem[] => {
  const text = reading.files[file];
  if (!text?.trim()) return [];
  const source = read(reading, file, ExpectationSuite);
  if (Array.isArray(source)) return source;
  const broken = jsonProblem(file, text);
  if (broken.length > 0) return broken;
  const suite = ExpectationSuite.safeParse(source.parsed.value);
  return suite.success ? [] : shapeProblems(source, suite.error.issues);
};

/**
 * A project from its files: project.yaml, and the SQL and suite that it names.
 * @throws PROJECT_INVALID with every problem: file, line, column, the value, what is allowed
 * @example checkProject({ 'project.yaml': '…', 'dataset.sql': '…' }, parseText).name
 */
export const checkProject = (files: ProjectFiles, parse: ParseText): Project => {
  const reading = { files, parse };
  if (files[PROJECT_FILE] === undefined) {
    const given = Object.keys(files).join(', ').slice(0, SHOWN_CHARACTERS) || 'none';
    throw new PlatformError('PROJECT_INVALID', `there is no ${PROJECT_FILE} among the files; files given: ${given}`);
  }
  const source = read(reading, PROJECT_FILE, Project);
  if (Array.isArray(source)) throw refuse(source);
  const parsed = Project.safeParse(source.parsed.value);
  if (!parsed.success) throw refuse(shapeProblems(source, parsed.error.issues));
  const project = parsed.data;
  const misfits = projectRules.flatMap((rule) => rule(project));
  const problems = [
    ...misfits.map(({ path, message }) => problemAt(source, path, message)),
    ...missingFiles(source, project, files),
    ...suiteProblems(reading, project.expectations),
  ];
  if (problems.length > 0) throw refuse(problems);
  return project;
};
