/**
 * What `npm start` runs: plain JavaScript without dependencies, so that before `npm ci`, or on an old Node, the reader
 * gets a sentence and not a stack trace. The rest is start.ts.
 */
import { existsSync, readFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
// The first that runs TypeScript as it is, and what the Lambdas run on.
const oldestNode = 24;

const refuse = (code, message) => {
  console.error(`\n${code}: ${message}`);
  process.exit(1);
};

const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const missing = Object.keys({ ...dependencies, ...devDependencies }).filter(
  (name) => !existsSync(new URL(`node_modules/${name}/package.json`, root)),
);
if (missing.length > 0) {
  const named = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ` and ${missing.length - 5} more` : '');
  refuse('DEPENDENCIES_MISSING', `node_modules lacks ${named}. Run "npm ci" in ${root.pathname}`);
}
const { node } = process.versions;
if (Number.parseInt(node, 10) < oldestNode) {
  const remedy = 'Use "npm start": npm scripts run on the Node that "npm ci" has brought';
  refuse('NODE_TOO_OLD', `this is Node ${node}, ${oldestNode} or newer is needed. ${remedy}`);
}

await import('./start.ts');
