import { z } from 'zod';
import '../messages.ts';
import { CoreError } from './api-error.ts';
import type { ErrorIssue } from './catalogue.ts';
import { issuesOf, pointerTo } from './rejection.ts';

/** Zod's issues as JSON Pointers into the input, with the message for each; as `issuesOf` makes them. @param at a pointer to what was checked. */
export function zodIssues({ issues }: z.core.$ZodError, at = ''): ErrorIssue[] {
  return issuesOf(issues, ({ path, message }) => ({ pointer: at + pointerTo(path), message }));
}

const Key = z.union([z.string(), z.number(), z.symbol()]);

/** What the validators of tRPC's inputs throw that follow Standard Schema (https://standardschema.dev), or zod before 4. */
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

/** Returns an INVALID_INPUT that names each wrong field. */
export function invalidInput(issues: ErrorIssue[], cause?: unknown): CoreError {
  const [first] = issues;
  const detail = first && `${first.pointer.slice(1) || 'input'}: ${first.message}`;
  return new CoreError('INVALID_INPUT', { ...(first && { detail }), issues, cause });
}
