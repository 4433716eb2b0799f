import type { IncomingMessage, ServerResponse } from 'node:http';
import { compressBody } from './compress.ts';
import { usePrecompressed } from './precompressed.ts';

declare global {
  /** Whether this process compresses pages by itself; Next, which loads its configuration in it, then does not. */
  var compressesPages: boolean | undefined;
}

type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * What `listener` answers, compressed where that pays: static files as the build left them, the rest on the way.
 * @param folder the build's static files.
 */
export function compressPages(listener: Listener, folder: string): Listener {
  const turn = usePrecompressed(folder);
  return (req, res) => {
    if (!turn(req, res)) compressBody(req, res);
    return listener(req, res);
  };
}
