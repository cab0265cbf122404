import type { CurrentPlan, MaterializationLog, PlanRef, RunPlan, ShardDone } from '#core/features/index.ts';

const planKey = ({ project, datasetId, attempt }: PlanRef): string => `${project} ${datasetId} ${attempt}`;

/** MaterializationLog in maps, for tests. */
export const memoryMaterializationLog = (): MaterializationLog => {
  const current = new Map<string, CurrentPlan>();
  const shards = new Map<string, Map<number, ShardDone>>();
  const plans = new Map<string, Map<string, RunPlan>>();
  const holders = new Map<string, Map<string, string>>();
  const definitions = new Map<string, string>();
  return {
    current: async (project, views) => current.get(`${project} ${views}`),
    saveCurrent: async (project, views, plan) => void current.set(`${project} ${views}`, { ...plan }),
    shard: async (plan, shard) => shards.get(planKey(plan))?.get(shard),
    shards: async (plan) => [...(shards.get(planKey(plan))?.values() ?? [])].sort((a, b) => a.shard - b.shard),
    saveShard: async (plan, done) => {
      const known = shards.get(planKey(plan)) ?? new Map<number, ShardDone>();
      shards.set(planKey(plan), known.set(done.shard, { ...done }));
    },
    savePlan: async (plan) => {
      const known = plans.get(plan.execution) ?? new Map<string, RunPlan>();
      plans.set(plan.execution, known.set(planKey(plan), { ...plan }));
    },
    plans: async (execution) =>
      [...(plans.get(execution)?.values() ?? [])].sort((a, b) => (a.plannedAt < b.plannedAt ? -1 : 1)),
    definition: async (project, view) => definitions.get(`${project} ${view}`),
    saveDefinition: async (project, view, content) => void definitions.set(`${project} ${view}`, content),
    holders: async (project) => new Map(holders.get(project)),
    claim: async (project, execution, seen) => {
      const held = holders.get(project) ?? new Map<string, string>();
      if ([...seen].some(([view, holder]) => held.get(view) !== holder)) return false;
      for (const view of seen.keys()) held.set(view, execution);
      holders.set(project, held);
      return true;
    },
  };
};
