import { Project } from '#contracts/project.ts';

/** A small valid project. */
export const someProject = (name = 'churn'): Project =>
  Project.parse({
    name,
    sources: { customers: { path: 'customers.csv' } },
    dataset: { sql: 'sql/dataset.sql' },
    expectations: 'expectations/suite.json',
    features: { sql: 'sql/features.sql' },
    entities: [{ name: 'customer', joinKey: 'customer_id' }],
    featureViews: [{ name: 'usage', entity: 'customer', features: [{ name: 'calls', type: 'number' }] }],
    label: { name: 'churned' },
    serving: { entityKey: 'customer_id' },
  });
