import { Command } from 'commander';
import type { GitState } from '#contracts/project.ts';
import { readProject, uploadData } from '#sdk/index.ts';
import { connect } from '../connection.ts';
import { show } from '../output.ts';

const HELP = `
Where the folder stands in git is kept with the version, for all who may read the project: commit, branch, repository
(without user and password) and the changes to the project's own files (YAML, SQL, JSON; no hidden ones) since the commit.

Example:
  mlp apply examples/telco --data telco-churn.csv`;

/** What is kept of git, for people to see. @example keptGit({ commit: 'ab12…', isDirty: false }) // '; kept git commit ab12cd34' */
export const keptGit = (git: GitState | undefined): string => {
  if (!git) return '';
  const changes = git.isDirty ? " with the changes to the project's files" : '';
  return `; kept git commit ${git.commit.slice(0, 8)}${changes}`;
};

export const applyCommand = (): Command =>
  new Command('apply')
    .description('store a version of a project and set its schedules')
    .argument('<folder>', 'folder with project.yaml, e.g. examples/churn')
    .option('--data <path>', 'file or folder to upload as raw data')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: { data?: string; json?: boolean }) => {
      const mlops = connect();
      const project = await readProject(folder);
      const applied = await mlops.pipelines.applyProject({ body: project });
      const uploaded = options.data ? await uploadData(mlops, applied.name, options.data) : undefined;
      show({ ...applied, uploaded }, options.json, ({ name, version, changed }) => {
        const uploads = uploaded ? `; uploaded ${uploaded.files} files, ${(uploaded.bytes / 1e6).toFixed(1)} MB` : '';
        return `${name} version ${version}${changed ? keptGit(project.git) : ' (unchanged)'}${uploads}`;
      });
    });
