import { type PipelineName, pipelineInputs } from '#contracts/pipelines.ts';
import { type Caller, roles } from '#contracts/routes.ts';
import { PlatformError } from '../shared/errors.ts';
import type { Ids } from '../shared/ports.ts';
import { shownProblems } from '../shared/shown-problems.ts';
import { loadProject } from './load-project.ts';
import { nearest } from './nearest.ts';
import type { PipelineEngine, ProjectStore } from './ports.ts';

export interface StartDeps {
  readonly projects: ProjectStore;
  readonly engine: PipelineEngine;
  readonly ids: Ids;
}

export interface PipelineStart {
  readonly pipeline: PipelineName;
  readonly project: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly caller: Caller;
}

/** Production belongs to deployers, by whichever door. */
const allowedToStart = ({ pipeline, caller }: PipelineStart): void => {
  if (pipeline !== 'deployment' || roles.indexOf(caller.role) >= roles.indexOf('deployer')) return;
  const message = `starting the deployment pipeline needs the role deployer, the key has the role ${caller.role}`;
  throw new PlatformError('PERMISSION_DENIED', message, { role: caller.role, least: 'deployer' });
};

// Who starts is the caller, and the project is named beside the parameters.
const unknownParameters = (pipeline: PipelineName, parameters: PipelineStart['parameters']): string[] => {
  const known = Object.keys(pipelineInputs[pipeline].shape).filter((name) => name !== 'project' && name !== 'by');
  return Object.keys(parameters)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearest(name, known);
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      return `parameters.${name}: unknown to the ${pipeline} pipeline; allowed: ${known.join(', ')}${hint}`;
    });
};

const inputOf = ({ pipeline, project, parameters, caller }: PipelineStart): unknown => {
  const by = pipeline === 'deployment' ? { by: caller.id } : {};
  const parsed = pipelineInputs[pipeline].safeParse({ ...parameters, ...by, project });
  const wrong = (parsed.error?.issues ?? []).map((issue) => {
    const value = JSON.stringify(parameters[String(issue.path[0])]) ?? 'nothing';
    return `parameters.${issue.path.join('.')}: ${issue.message}, got ${value}`;
  });
  const problems = [...unknownParameters(pipeline, parameters), ...wrong];
  const { sentences, details } = shownProblems(problems, (problem) => problem);
  if (problems.length > 0) throw new PlatformError('INVALID_REQUEST', sentences.join('; '), { ...details });
  return parsed.data;
};

/**
 * Starts a pipeline of a project.
 * @throws PROJECT_NOT_FOUND, INVALID_REQUEST for parameters that the pipeline does not know, PERMISSION_DENIED
 */
export const startPipeline = async (deps: StartDeps, wanted: PipelineStart): Promise<{ runId: string }> => {
  allowedToStart(wanted);
  const input = inputOf(wanted);
  await loadProject(deps.projects, wanted.project);
  const executionName = deps.ids.ulid();
  await deps.engine.start(wanted.pipeline, executionName, input);
  return { runId: `${wanted.pipeline}.${executionName}` };
};
