import { z } from 'zod';
import '../messages.ts';
import { CoreError } from './api-error.ts';
import type { ErrorIssue } from './catalog.ts';
import { issuesOf, pointerTo } from './rejection.ts';

/**
 * Returns the issues of a zod error, with JSON Pointers (RFC 6901) into the input. Their number and size are limited,
 * as `issuesOf` does.
 * @param at the pointer to the checked value, if it is a part of the input; default: the whole input.
 */
export function zodIssues({ issues }: z.core.$ZodError, at = ''): ErrorIssue[] {
  return issuesOf(issues, ({ path, message }) => ({ pointer: at + pointerTo(path), message }));
}

const Key = z.union([z.string(), z.number(), z.symbol()]);

/**
 * The errors of other validators of tRPC's inputs: Standard Schema (https://standardschema.dev), and zod before version
 * 4.
 */
const SchemaError = z.object({
  issues: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([Key, z.object({ key: Key }).transform(({ key }) => key)])).nullish(),
      }),
    )
    .min(1),
});

/** Returns the error for an input that a validator rejected; undefined if `cause` is not from a validator. */
export function rejectedInput(cause: unknown): CoreError | undefined {
  if (cause instanceof z.core.$ZodError) return invalidInput(zodIssues(cause), cause);
  const { data } = cause instanceof Error ? SchemaError.safeParse(cause) : {};
  const toIssue = ({ path, message }: { path?: PropertyKey[] | null | undefined; message: string }) => ({
    pointer: pointerTo(path ?? []),
    message,
  });
  return data && invalidInput(issuesOf(data.issues, toIssue), cause);
}

/**
 * Returns an INVALID_INPUT error for problems with the input. Its detail is the first issue, such as
 * `title: must not be empty`.
 * @param cause the error of the validator, for the log.
 */
export function invalidInput(issues: ErrorIssue[], cause?: unknown): CoreError {
  const [first] = issues;
  const detail = first && `${first.pointer.slice(1) || 'input'}: ${first.message}`;
  return new CoreError('INVALID_INPUT', { ...(first && { detail }), issues, cause });
}
