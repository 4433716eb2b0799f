import { ApiError } from './api-error.ts';
import { CORE_ERRORS, type CoreCode, type ErrorData, type ErrorDefinition } from './catalogue.ts';
import { type Recognise, toApiError } from './recognise.ts';

/** What surfaces need to know of an API's errors. */
export interface Errors {
  /** Returns the error that callers get for anything that was thrown. */
  toError: (thrown: unknown) => ApiError;
  /** Returns what a caller learns of an error, for problem documents and `error.data` alike. */
  dataOf: (error: ApiError, requestId: string) => ErrorData;
}

export interface ErrorOptions {
  /** Returns the error for what others throw, such as a database; default: nothing is recognised. */
  recognise?: Recognise;
  /** Returns the detail of an error that nobody meant, such as where its cause is found; default: the title of the code. */
  explain?: (requestId: string) => string | undefined;
}

/**
 * Defines the errors of an API: the codes of the layer and its own.
 * @param codes all codes, those of CORE_ERRORS included.
 * @returns what surfaces need to know of these errors; an application throws them by a class of its own over ApiError.
 */
export function defineErrors<Code extends string, Fields extends object>(
  codes: Record<Code | CoreCode, ErrorDefinition>,
  { recognise, explain }: ErrorOptions = {},
) {
  /** True for an error whose code is one of this API. */
  const isOwn = (error: ApiError): error is ApiError<Code | CoreCode, Fields> =>
    Object.hasOwn(codes, error.kind);

  function toError(thrown: unknown): ApiError<Code | CoreCode, Fields> {
    const error = toApiError(thrown, recognise);
    if (isOwn(error)) return error;
    return new ApiError('INTERNAL_SERVER_ERROR', codes.INTERNAL_SERVER_ERROR, { cause: thrown });
  }

  /** Returns what a caller reads of an error. Of a mistake in the code that is nothing but what `explain` says. */
  function detailOf({ kind, options, message }: ApiError, requestId: string): string {
    const isMistake = kind === 'INTERNAL_SERVER_ERROR' && options.detail === undefined;
    return (isMistake ? explain?.(requestId) : undefined) ?? message;
  }

  function dataOf<C extends string, F extends object>(
    error: ApiError<C, F>,
    requestId: string,
  ): ErrorData<C> | (ErrorData<C> & F) {
    const { status, title, retryable } = error.definition;
    const { issues, retryAfter, fields } = error.options;
    const data: ErrorData<C> = {
      code: error.kind,
      status,
      title,
      detail: detailOf(error, requestId),
      retryable,
      requestId,
      ...(issues && { issues }),
      ...(retryAfter !== undefined && { retryAfter }),
    };
    return fields ? { ...data, ...fields } : data;
  }

  return { toError, dataOf };
}

/** The errors of an API that has no codes of its own. */
export const coreErrors: Errors = defineErrors(CORE_ERRORS);
