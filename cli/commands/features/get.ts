import { Command } from 'commander';
import { connect } from '../../connection.ts';
import { show, table } from '../../output.ts';

export const getCommand = (): Command =>
  new Command('get')
    .description('newest features of one entity, from the online store')
    .argument('<entity-id>', 'value of the join key')
    .argument('<features>', 'comma-separated view:feature, view, or a service')
    .option('--project <name>', 'name of a project; needed where several define the views')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  mlp features get C000001 customer_profile,customer_billing:late_payments')
    .action(async (entityId: string, featureViews: string, options: { project?: string; json?: boolean }) => {
      const query = { featureViews, ...(options.project && { project: options.project }) };
      const found = await connect().features.readFeatures({ path: { entityId }, query });
      const lines = Object.entries(found.features).map(([name, value]) => [name, value === null ? '' : String(value)]);
      show(found, options.json, () => table(['feature', 'value'], lines));
    });
