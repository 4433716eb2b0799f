import { describe, expect, test } from '@jest/globals';
import { parseEnv } from './env.ts';

const POSTGRES = 'postgres://127.0.0.1/app';

describe('DATABASE_DIRECT_URL', () => {
  test('is accepted beside a DATABASE_URL of Postgres', () => {
    const settings = { DATABASE_URL: 'postgresql://pooler/app', DATABASE_DIRECT_URL: POSTGRES };
    expect(parseEnv(settings)).toMatchObject(settings);
  });

  test.each([undefined, '', 'file:.data/db'])('is rejected if DATABASE_URL is %j', (DATABASE_URL) => {
    expect(() => parseEnv({ DATABASE_URL, DATABASE_DIRECT_URL: POSTGRES })).toThrow(
      /DATABASE_DIRECT_URL: needs DATABASE_URL to be the URL of the same Postgres database \(example: DATABASE_DIRECT_URL=postgres:/,
    );
  });
});
