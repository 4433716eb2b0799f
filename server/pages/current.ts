import { AsyncLocalStorage } from 'node:async_hooks';
import { ERRORS } from '#contract/errors';
import { type AppError, toAppError } from '#server/errors';

/** A request for a page that serve.ts has let through. */
export interface PageRequest {
  /** True if a program on this machine has sent it. */
  isLocal?: boolean;
  /** Why a procedure that the page called failed, if its client has to wait for that to pass. */
  failure?: AppError;
}

declare global {
  /** The server's own modules and the copy of them that Next bundles for pages must share it. */
  var switchboardPages: AsyncLocalStorage<PageRequest> | undefined;
}

const storage = (globalThis.switchboardPages ??= new AsyncLocalStorage());
const WAITS = new Set<number>([429, 503, 504]);

/** Calls `render` to render a page; what it calls in process is called for that page. */
export const renderFor = <T>(page: PageRequest, render: () => T): T => storage.run(page, render);

/** Returns the page that is being rendered; `undefined` if none is, or if another host than serve.ts renders it. */
export const currentPage = (): PageRequest | undefined => storage.getStore();

/** Remembers that a procedure which the page being rendered called has failed, so that the page gets the status of that. */
export function noteFailure(error: unknown): void {
  const page = currentPage();
  const failure = toAppError(error);
  if (page && WAITS.has(ERRORS[failure.kind].status)) page.failure ??= failure;
}
