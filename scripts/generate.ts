import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './lib/json-schemas.ts';
import { openApi } from './lib/open-api.ts';

const folder = join(import.meta.dirname, '..', 'lib', 'contracts', 'generated');

const write = (name: string, content: unknown): void => {
  const file = join(folder, name);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(file);
};

mkdirSync(folder, { recursive: true });
write('openapi.json', openApi());
for (const [name, schema] of Object.entries(jsonSchemas())) write(`${name}.schema.json`, schema);
