import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemDigest } from '#adapters/system/system.ts';
import { redact, redactedFields } from '#core/serving/ledger/redaction.ts';

const key = 'k'.repeat(32);
const redaction = { omit: ['email'], hash: ['customer_id', 'age'], key };

describe('redaction', () => {
  const redactor = redact(redaction, systemDigest, 'customer_id');

  it('leaves out, hashes and keeps field by field', () => {
    expect(redactor.inputs({ email: 'a@b.c', age: 41, city: 'Bern', vip: null })).toEqual({
      age: systemDigest.sha256(`${key}\nage\n41`).slice(0, 32),
      city: 'Bern',
      vip: null,
    });
    expect(redactor.inputs({ age: null })).toEqual({ age: null });
    expect([...redactedFields(redaction)].sort()).toEqual(['age', 'customer_id', 'email']);
  });

  it('gives an entity the same text each time, another for another field or key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        expect(redactor.entityId(a) === redactor.entityId(b)).toBe(a === b);
        expect(redactor.entityId(a)).toMatch(/^[0-9a-f]{32}$/);
      }),
    );
    expect(redactor.inputs({ customer_id: '7', age: '7' }).age).not.toBe(redactor.entityId('7'));
    expect(redact({ ...redaction, key: 'l'.repeat(32) }, systemDigest, 'customer_id').entityId('7')).not.toBe(
      redactor.entityId('7'),
    );
  });

  it('names nobody of a row that names nobody: its hash would be one entity that all such rows share', () => {
    expect(redactor.entityId('')).toBe('');
  });

  it('names nobody where the key of the entity is left out, and changes nothing where nothing is said', () => {
    expect(redact({ ...redaction, omit: ['customer_id'] }, systemDigest, 'customer_id').entityId('c')).toBe('');
    const plain = redact(undefined, systemDigest, 'customer_id');
    expect(plain.entityId('c')).toBe('c');
    expect(plain.inputs({ email: 'a' })).toEqual({ email: 'a' });
    expect(redactedFields(undefined).size).toBe(0);
  });
});
