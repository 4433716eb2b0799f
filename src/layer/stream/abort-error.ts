/**
 * True for the error with which a subscription ends its stream without a last event, as in tRPC, so that clients reconnect
 * and resume. It is recognized by its name, because each realm of a process has a DOMException of its own.
 */
export const isAbortError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
