import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { jsonSchemas } from '../../scripts/lib/json-schemas.ts';
import { openApi } from '../../scripts/lib/open-api.ts';

const folder = join(import.meta.dirname, '..', '..', 'lib', 'contracts', 'generated');
const stored = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const schemas = jsonSchemas();

describe('generated files (npm run generate writes them anew)', () => {
  it('has the OpenAPI page of the contracts', () => {
    expect(stored('openapi.json')).toEqual(plain(openApi()));
  });

  it.each(Object.keys(schemas))('has the JSON Schema %s of the contracts, and none that nobody makes', (name) => {
    expect(stored(`${name}.schema.json`)).toEqual(plain(schemas[name]));
    const names = readdirSync(folder).filter((file) => file.endsWith('.schema.json'));
    expect(names.sort()).toEqual(
      Object.keys(schemas)
        .map((known) => `${known}.schema.json`)
        .sort(),
    );
  });

  it('refers to nothing that the page does not hold, and names every path parameter', () => {
    const page = openApi();
    const text = JSON.stringify(page);
    const { schemas: held } = page.components as { schemas: Record<string, unknown> };
    for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(Object.keys(held)).toContain(name);
    expect(text).not.toContain('#/$defs/');
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
