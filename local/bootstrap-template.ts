import { isMap, isSeq, parseDocument, visit } from 'yaml';

type Statement = { readonly toJSON: () => unknown };

const deniesPlainHttp = (statement: Statement): boolean =>
  JSON.stringify(statement.toJSON()).includes('"aws:SecureTransport"');

/**
 * The CDK bootstrap template without the statements that refuse plain HTTP: the emulator enforces them, and it is
 * reached by HTTP on the loopback address only. All else, short tags such as !Sub included, stays as it is.
 */
export const withoutTlsDenials = (template: string): string => {
  const document = parseDocument(template, { logLevel: 'silent' });
  visit(document, {
    Pair: (_key, pair) => {
      const { key, value } = pair as { key: { value?: unknown }; value: unknown };
      if (key.value !== 'Statement' || !isSeq(value)) return undefined;
      value.items = value.items.filter((item) => !(isMap(item) && deniesPlainHttp(item)));
      return undefined;
    },
  });
  dropEmptyPolicies(document);
  return document.toString({ lineWidth: 0 });
};

// A policy whose last statement went is no policy at all: CloudFormation refuses an empty one.
const dropEmptyPolicies = (document: ReturnType<typeof parseDocument>): void => {
  const resources = document.get('Resources');
  if (!isMap(resources)) return;
  resources.items = resources.items.filter(({ value }) => {
    const statements = isMap(value) ? value.getIn(['Properties', 'PolicyDocument', 'Statement']) : undefined;
    return !(isSeq(statements) && statements.items.length === 0);
  });
};
