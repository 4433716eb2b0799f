import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { EnvSchema, parseEnv } from '#server/env';

const page = readFileSync(join(import.meta.dirname, '../docs/security.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([A-Z_]+)`\s*\| (\S+)/gm)].map(([, name = '', value = '']) => ({
  name,
  value,
}));

describe('docs/security.md', () => {
  test('lists settings', () => {
    expect(rows.length).toBeGreaterThan(4);
  });

  test.each(rows)('gives $name its default, $value', ({ name, value }) => {
    expect(Object.keys(EnvSchema.shape)).toContain(name);
    const defaults = new Map(Object.entries(parseEnv({})));
    const found = defaults.get(name) ?? 'none';
    expect(typeof found === 'object' ? JSON.stringify(found) : String(found)).toBe(value);
  });
});
