import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '#server/compose';
import { compressBody } from './compress.ts';
import { currentPage } from './current.ts';
import { guardPages } from './guard.ts';
import { staticFiles, usePrecompressed } from './precompressed.ts';
import { replaceFailedPage } from './replace.ts';

declare global {
  /**
   * True if this process compresses and preloads pages. Next loads its configuration in the same process, and then does
   * neither.
   */
  var servesPages: boolean | undefined;
}

type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * Serves the pages of Next.js in production. Requests are counted (`guardPages`). A page that failed because a limit
 * was exceeded or the database does not respond gets that status. Responses are compressed if it is worth it: static
 * files by the build, the rest while they are sent.
 * @param listener the request listener of Next.js.
 * @param folder the folder of the build's static files.
 */
export function servePages(listener: Listener, folder: string, deps: Deps): Listener {
  const files = staticFiles(folder);
  const turn = usePrecompressed(files);
  return guardPages(
    (req, res) => {
      if (!turn(req, res)) {
        compressBody(req, res);
        const page = currentPage();
        replaceFailedPage(res, () => page?.failure);
      }
      return listener(req, res);
    },
    { deps, files },
  );
}
