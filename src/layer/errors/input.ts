import * as core from 'zod/v4/core';
import '../messages.ts';
import { CoreError } from './api-error.ts';
import type { ErrorIssue } from './catalog.ts';
import { issuesOf, pointerTo } from './rejection.ts';

/**
 * Returns the issues of a zod error, with JSON Pointers (RFC 6901) into the input. Their number and size are limited,
 * as `issuesOf` does.
 * @param at the pointer to the checked value, if it is a part of the input; default: the whole input.
 */
export function zodIssues({ issues }: core.$ZodError, at = ''): ErrorIssue[] {
  return issuesOf(issues, ({ path, message }) => ({ pointer: at + pointerTo(path), message }));
}

/**
 * Returns the error for an input that a validator rejected: zod of any version, or another Standard Schema
 * (https://standardschema.dev); undefined if `cause` is not from a validator.
 */
export function rejectedInput(cause: unknown): CoreError | undefined {
  if (cause instanceof core.$ZodError) return invalidInput(zodIssues(cause), cause);
  const issues = cause instanceof Error ? issuesIn(cause) : undefined;
  if (!Array.isArray(issues) || issues.length === 0 || !issues.every(isIssue)) return undefined;
  const toIssue = ({ path, message }: Issue) => ({
    pointer: pointerTo(Array.from(path ?? [], keyOf)),
    message,
  });
  return invalidInput(issuesOf(issues, toIssue), cause);
}

/** Returns the issues of an error, also of arktype's, which has them in another object. */
function issuesIn(cause: object): unknown {
  const holder: unknown = 'arkErrors' in cause ? cause.arkErrors : cause;
  return typeof holder === 'object' && holder !== null && 'issues' in holder ? holder.issues : undefined;
}

type Segment = PropertyKey | { key: PropertyKey };

interface Issue {
  message: string;
  path?: readonly Segment[] | null | undefined;
}

const isKey = (value: unknown): value is PropertyKey => ['string', 'number', 'symbol'].includes(typeof value);

const keyOf = (segment: Segment) => (typeof segment === 'object' ? segment.key : segment);

function isIssue(value: unknown): value is Issue {
  if (typeof value !== 'object' || value === null || !('message' in value)) return false;
  const path = 'path' in value ? (value.path ?? []) : [];
  const isSegment = (segment: unknown) =>
    isKey(segment) ||
    (typeof segment === 'object' && segment !== null && 'key' in segment && isKey(segment.key));
  return typeof value.message === 'string' && Array.isArray(path) && path.every(isSegment);
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
