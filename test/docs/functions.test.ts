import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Feature, OnDemandView } from '#contracts/feature-views.ts';
import { functions } from '#core/expressions/index.ts';
import { onDemandParts, onDemandReader } from '#core/features/index.ts';

const page = readFileSync('docs/features.md', 'utf8');
const cell = (text: string): string => text.replaceAll('|', '\\|');

describe('docs/features.md', () => {
  it.each(functions.map((one) => [one.usage, one] as const))('explains %s', (usage, { meaning, aliases = [] }) => {
    const also = aliases.length > 0 ? `; also ${aliases.join(', ')}` : '';
    expect(page).toContain(`| \`${cell(usage)}\` | ${cell(meaning)}${also} |`);
  });

  it('shows on-demand features that compute', () => {
    const example = page.match(/```yaml\n(onDemandViews:[^`]*)```/)?.[1] ?? '';
    const [view] = (parse(example) as { onDemandViews: unknown[] }).onDemandViews.map((one) => OnDemandView.parse(one));
    const stored = [Feature.parse({ name: 'mean_amount', type: 'number' })];
    const read = onDemandReader(onDemandParts([{ view: view! }], stored));
    const computed = read({ amount: 80, paid_at: '2026-01-31T03:00:00Z' }, { mean_amount: 20 });
    expect(computed).toEqual({ amount_ratio: 4, is_odd_hour: true, is_risky: true });
  });
});
