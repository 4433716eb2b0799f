import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeRequest, sendNodeResponse } from 'srvx/node';
import type { Handle } from '#server/handler';
import type { Reply } from '#server/reply';

/** Answers a request that came to Node's HTTP server. */
export type Listener = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/**
 * Serves an API on Node's HTTP server: with as little as can be between its messages and ours.
 * @param maxDuration how long a call may take, in seconds.
 */
export function createNodeListener(handle: Handle, maxDuration: number): Listener {
  return async (req, res) => {
    const answer = await handle(new NodeRequest({ req, res }), {
      peer: req.socket.remoteAddress ?? null,
      maxDuration,
      onGone: (listener) => {
        res.once('close', () => {
          if (!res.writableEnded) listener();
        });
      },
    });
    if (answer instanceof Response) await sendNodeResponse(res, answer);
    else send(res, answer);
  };
}

function send(res: ServerResponse, { status, headers, body }: Reply): void {
  const fields: string[] = [];
  for (const [name, value] of headers) fields.push(name, value);
  if (body !== null) fields.push('content-length', String(Buffer.byteLength(body)));
  res.writeHead(status, fields);
  res.end(body);
}
