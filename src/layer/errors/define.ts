import { ApiError } from './api-error.ts';
import { CORE_ERRORS, type CoreCode, type ErrorData, type ErrorDefinition } from './catalog.ts';
import { type Recognize, toApiError } from './recognize.ts';

/** The errors of an API, as its surfaces use them. */
export interface Errors {
  /**
   * Returns the error that callers get for any thrown value. A code that the API lacks becomes INTERNAL_SERVER_ERROR.
   */
  toError: (thrown: unknown) => ApiError;
  /** Returns the fields of an error that callers get: in a problem document over REST, as `error.data` over RPC. */
  dataOf: (error: ApiError, requestId: string) => ErrorData;
  /** The URL to which a code is added, for the type of its problem documents. Default: all have the type `about:blank`. */
  types?: string | undefined;
}

/** The options of `defineErrors`. */
export interface ErrorOptions {
  /**
   * Returns the error for a value that other code threw, such as a database driver. Default: no value is recognized.
   */
  recognize?: Recognize;
  /**
   * Returns the detail of an unexpected error (INTERNAL_SERVER_ERROR without a detail), such as where to find its
   * cause. Default: the title of the code.
   */
  explain?: (requestId: string) => string | undefined;
  /**
   * The URL or the absolute path to which a code is added, for the `type` of its problem documents (RFC 9457). Default:
   * the pages of the reference if `createApi` serves it, otherwise `about:blank`.
   */
  types?: string;
}

/**
 * Defines the errors of an API: the codes of the layer and its own.
 * @param codes the meaning of every code, those of `CORE_ERRORS` included.
 * @returns the errors as the surfaces need them (`Errors`). To throw an error with its own codes, an application
 *   extends `ApiError`.
 */
export function defineErrors<Code extends string, Fields extends object>(
  codes: Record<Code | CoreCode, ErrorDefinition>,
  { recognize, explain, types }: ErrorOptions = {},
) {
  /** True if the code of an error is one of this API. */
  const isOwn = (error: ApiError): error is ApiError<Code | CoreCode, Fields> =>
    Object.hasOwn(codes, error.kind);

  function toError(thrown: unknown): ApiError<Code | CoreCode, Fields> {
    const error = toApiError(thrown, recognize);
    if (isOwn(error)) return error;
    return new ApiError('INTERNAL_SERVER_ERROR', codes.INTERNAL_SERVER_ERROR, { cause: thrown });
  }

  /** Returns the detail of an error. Callers learn nothing of an unexpected error except the text of `explain`. */
  function detailOf({ kind, options, message }: ApiError, requestId: string): string {
    const isUnexpected = kind === 'INTERNAL_SERVER_ERROR' && options.detail === undefined;
    return (isUnexpected ? explain?.(requestId) : undefined) ?? message;
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

  return { toError, dataOf, types };
}

/** The errors of an API without codes of its own. */
export const coreErrors: Errors = defineErrors(CORE_ERRORS);
