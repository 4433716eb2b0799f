import type { ApiError } from '../errors/api-error.ts';

/** The codes of JSON-RPC 2.0: for invalid JSON, for wrong parameters, and for errors that a server defines itself. */
const PARSE_ERROR = -32_700;
const INVALID_PARAMS = -32_602;
const SERVER_ERROR = -32_000;

/** Returns the code of an error in JSON-RPC. */
export function codeOf({ kind }: ApiError): number {
  if (kind === 'MALFORMED_JSON') return PARSE_ERROR;
  return kind === 'INVALID_INPUT' ? INVALID_PARAMS : SERVER_ERROR;
}
