import { AsyncLocalStorage } from 'node:async_hooks';
import { ERRORS } from '#contract/errors';
import { type AppError, toAppError } from '#server/errors';

/** A request for a page that serve.ts has let through. */
export interface PageRequest {
  /** True if a program on this machine sent it. */
  isLocal?: boolean;
  /** The error of a procedure that the page called, if the client should retry later. */
  failure?: AppError;
}

declare global {
  /** Global, because the server's own modules and the copy that Next bundles for pages must share it. */
  var pageRequests: AsyncLocalStorage<PageRequest> | undefined;
}

const storage = (globalThis.pageRequests ??= new AsyncLocalStorage());
const WAITS = new Set<number>([429, 503, 504]);

/** Calls `render` to render a page. Calls in process made meanwhile belong to that page. */
export const renderFor = <T>(page: PageRequest, render: () => T): T => storage.run(page, render);

/** Returns the page that is being rendered, or `undefined` if there is none or it is not rendered under serve.ts. */
export const currentPage = (): PageRequest | undefined => storage.getStore();

/** Records the error of a procedure that the current page called, so that the page gets its status. */
export function noteFailure(error: unknown): void {
  const page = currentPage();
  const failure = toAppError(error);
  if (page && WAITS.has(ERRORS[failure.kind].status)) page.failure ??= failure;
}
