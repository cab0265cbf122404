import type { Project } from '#contracts/project.ts';
import { allFeatureNames } from './all-feature-names.ts';
import type { Misfit } from './misfit.ts';

/** Why no groups can be made of a column; undefined where they can. */
const fairnessTrouble = (project: Project, column: string): string | undefined => {
  const is = (name: string): boolean => name.toLowerCase() === column.toLowerCase();
  if (is(project.label.name)) return 'is the label';
  if (project.entities.some(({ joinKey }) => is(joinKey))) return 'is a join key: every group would have one row';
  if (['event_timestamp', 'created_timestamp'].some(is)) return 'is a column that the platform adds itself';
  // SQL knows no case: both would be one column.
  const feature = allFeatureNames(project).find(is);
  return feature === undefined || feature === column ? undefined : `is the feature "${feature}": write it the same way`;
};

/** Groups are those of columns of their own. */
export const fairnessFits = (project: Project): Misfit[] => {
  const columns = project.fairness?.columns ?? [];
  const plain = columns.map((column) => column.toLowerCase());
  return columns.flatMap((column, i) => {
    const path = ['fairness', 'columns', i];
    if (plain.indexOf(column.toLowerCase()) < i)
      return [{ path, message: `column "${column}" is there twice; name it once` }];
    const trouble = fairnessTrouble(project, column);
    return trouble === undefined
      ? []
      : [{ path, message: `"${column}" ${trouble}; name columns of ${project.features.sql}` }];
  });
};
