import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import type { Handle } from '../api.ts';
import type { BufferedResponse } from '../call/response.ts';

/** How long a streamed answer has to end by itself, in seconds. */
const GRACE_SECONDS = 5;

/** Answers a request that came to Node's HTTP server. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export interface NodeOptions {
  maxDuration: number;
  isLocal?: (req: IncomingMessage) => boolean;
}

/**
 * Serves an API on Node's HTTP server: with as little as can be between its messages and ours.
 * @param options.maxDuration how long a call may take, in seconds.
 * @param options.isLocal returns true if a program on this machine has sent a request; default: that is unknown.
 */
export function createNodeListener(handle: Handle, { maxDuration, isLocal }: NodeOptions): Listener {
  return async (req, res) => {
    const answer = await handle(new NodeRequest({ req, res }), {
      peer: req.socket.remoteAddress ?? null,
      ...(isLocal && { isLocal: () => isLocal(req) }),
      maxDuration,
      onGone: (listener) => {
        res.once('close', () => {
          if (!res.writableEnded) listener();
        });
      },
      onClosed: (listener) => {
        res.once('close', listener);
      },
    });
    if (answer instanceof Response) {
      // The handler ends it in time, but its end may not get through to a reader who does not read.
      cutAfter(res, maxDuration + GRACE_SECONDS);
      // A body that breaks off breaks the connection off; whoever wrote it knows why.
      await sendNodeResponse(res, answer).catch(() => res.destroy());
      return;
    }
    send(res, answer);
    // What the socket did not take at once is for a slow reader, who has as long as a call may take.
    if (res.writableLength > 0) cutAfter(res, maxDuration);
  };
}

/** Ends the connection of a response that is not sent after `seconds`. */
function cutAfter(res: ServerResponse, seconds: number): void {
  const timer = setTimeout(() => res.destroy(), seconds * 1000);
  res.once('close', () => {
    clearTimeout(timer);
  });
}

function send(res: ServerResponse, { status, headers, body }: BufferedResponse): void {
  const fields: string[] = [];
  for (const [name, value] of headers) fields.push(name, value);
  if (body !== null) fields.push('content-length', String(Buffer.byteLength(body)));
  res.writeHead(status, fields);
  res.end(body);
}
