import { describe, expect, test } from '@jest/globals';
import { TRPCError } from '@trpc/server';
import { ERRORS } from '#contract/errors';
import { toAppError } from './errors.ts';

/** An error as a driver throws it, wrapped as Drizzle wraps it. */
const failedWith = (code: string) =>
  new Error('Failed query', { cause: Object.assign(new Error('internal words'), { code }) });

const SQLSTATES = {
  '57014': 'DATABASE_BUSY',
  '55P03': 'DATABASE_BUSY',
  '53300': 'DATABASE_BUSY',
  '53100': 'SERVICE_UNAVAILABLE',
  '53200': 'SERVICE_UNAVAILABLE',
  '57P01': 'SERVICE_UNAVAILABLE',
  '08006': 'SERVICE_UNAVAILABLE',
  '42601': 'INTERNAL_SERVER_ERROR',
} as const;

describe('an error of the database', () => {
  test.each(Object.entries(SQLSTATES))('with SQLSTATE %s is %s', (code, kind) => {
    const inProcedure = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: failedWith(code) });
    for (const error of [failedWith(code), inProcedure]) {
      const found = toAppError(error);
      expect(found.kind).toBe(kind);
      expect(found.message).not.toContain('internal words');
      if (ERRORS[kind].status === 503) expect(found.options.retryAfter).toBeGreaterThan(0);
    }
  });
});
