export const projectYaml = `name: churn
sources:
  customers:
    path: customers.csv
    key: customer_id
dataset:
  sql: sql/dataset.sql
expectations: expectations/churn.json
features:
  sql: sql/features.sql
entities:
  - name: customer
    joinKey: customer_id
featureViews:
  - name: usage
    entity: customer
    features:
      - { name: calls, type: number }
      - { name: contract, type: string }
label: { name: churned }
training:
  candidates: [lightgbm]
serving:
  entityKey: customer_id
  requestFields: [calls]
schedules:
  monitoring: rate(2 hours)
`;

/** Files of a small valid project. */
export const projectFiles = (yaml = projectYaml): Record<string, string> => ({
  'project.yaml': yaml,
  'sql/dataset.sql': 'select * from customers',
  'sql/features.sql': 'select * from dataset',
  'expectations/churn.json': JSON.stringify({
    expectations: [{ type: 'expect_column_values_to_not_be_null', kwargs: { column: 'customer_id' } }],
  }),
});
