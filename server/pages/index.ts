import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deps } from '#server/compose';
import { compressBody } from './compress.ts';
import { currentPage } from './current.ts';
import { guardPages } from './guard.ts';
import { staticFiles, usePrecompressed } from './precompressed.ts';
import { replaceFailedPage } from './replace.ts';

declare global {
  /** Whether this process compresses pages by itself; Next, which loads its configuration in it, then does not. */
  var compressesPages: boolean | undefined;
}

type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * Serves the pages of `listener`, Next.js, in production: requests are counted (`guardPages`), a page that failed because a
 * limit is exceeded or the database is away says so, and everything is compressed if that pays: static files as the build left
 * them, the rest on the way.
 * @param folder the build's static files.
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
