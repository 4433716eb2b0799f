import { describe, expect, test } from '@jest/globals';
import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import { z } from 'zod';
import { ERRORS } from '#contract/errors';
import { toAppError } from './errors.ts';

/** Returns an error of a database driver, wrapped like Drizzle does. */
const failedWith = (code: string) =>
  new Error('Failed query', { cause: Object.assign(new Error('internal details'), { code }) });

const SQLSTATES = {
  '57014': 'DATABASE_BUSY',
  '55P03': 'DATABASE_BUSY',
  '53300': 'DATABASE_BUSY',
  '40P01': 'DATABASE_BUSY',
  '40001': 'DATABASE_BUSY',
  '53100': 'SERVICE_UNAVAILABLE',
  '53200': 'SERVICE_UNAVAILABLE',
  // Class 08, connection exception.
  '08000': 'SERVICE_UNAVAILABLE',
  '08001': 'SERVICE_UNAVAILABLE',
  '08003': 'SERVICE_UNAVAILABLE',
  '08004': 'SERVICE_UNAVAILABLE',
  '08006': 'SERVICE_UNAVAILABLE',
  '08007': 'SERVICE_UNAVAILABLE',
  '08P01': 'SERVICE_UNAVAILABLE',
  // Class 57, operator intervention: shutdown, crash, start, database dropped, session idle.
  '57000': 'SERVICE_UNAVAILABLE',
  '57P01': 'SERVICE_UNAVAILABLE',
  '57P02': 'SERVICE_UNAVAILABLE',
  '57P03': 'SERVICE_UNAVAILABLE',
  '57P04': 'SERVICE_UNAVAILABLE',
  '57P05': 'SERVICE_UNAVAILABLE',
  // The server is a standby, or was made one.
  '25006': 'SERVICE_UNAVAILABLE',
  // Sessions that were ended by their time limit.
  '25P03': 'SERVICE_UNAVAILABLE',
  '25P04': 'SERVICE_UNAVAILABLE',
  '25001': 'INTERNAL_SERVER_ERROR',
  '25P02': 'INTERNAL_SERVER_ERROR',
  '42601': 'INTERNAL_SERVER_ERROR',
} as const;

describe('toAppError', () => {
  test.each(Object.entries(SQLSTATES))('converts SQLSTATE %s to %s', (code, kind) => {
    const inProcedure = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: failedWith(code) });
    for (const error of [failedWith(code), inProcedure]) {
      const found = toAppError(error);
      expect(found.kind).toBe(kind);
      expect(found.message).not.toContain('internal details');
      if (ERRORS[kind].status === 503) expect(found.options.retryAfter).toBeGreaterThan(0);
    }
  });
});

const CODES = z.array(z.custom<TRPCError['code']>(isCode)).parse(Object.keys(TRPC_ERROR_CODES_BY_KEY));
function isCode(value: unknown): boolean {
  return typeof value === 'string' && Object.hasOwn(TRPC_ERROR_CODES_BY_KEY, value);
}

/** Two statuses differ from tRPC's. docs/compatibility.md says why. */
const STATUSES: Partial<Record<TRPCError['code'], number>> = { UNPROCESSABLE_CONTENT: 400, TIMEOUT: 504 };

describe.each(CODES)('a TRPCError %s', (code) => {
  const thrown = new TRPCError({ code, message: 'Pay the invoice first.' });
  const status = STATUSES[code] ?? getHTTPStatusCodeFromError(thrown);

  test('keeps its status, and below 500 also its message', () => {
    const { kind, message, cause } = toAppError(thrown);
    expect(ERRORS[kind].status).toBe(status);
    expect(message).toBe(status < 500 ? 'Pay the invoice first.' : ERRORS[kind].title);
    expect(cause).toBe(thrown);
  });

  test('does not reveal the message of its cause', () => {
    const cause = new Error('relation "secret" at 10.0.0.1', { cause: new Error('deeper') });
    const errors = [
      new TRPCError({ code, cause }),
      new TRPCError({ code, cause, message: cause.message }),
      new TRPCError({ code, cause, message: `Failed: ${cause.message}` }),
      new TRPCError({ code, cause, message: 'deeper' }),
      new TRPCError({ code }),
    ];
    for (const error of errors) {
      const { kind, message } = toAppError(error);
      expect(ERRORS[kind].status).toBe(status);
      expect(message).toBe(ERRORS[kind].title);
    }
  });

  test('keeps its code with any cause', () => {
    const { kind } = toAppError(new TRPCError({ code, message: 'Ours.', cause: failedWith('23505') }));
    expect(ERRORS[kind].status).toBe(status);
  });
});
