import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '#test/listen';
import { Switchboard, type SwitchboardOptions } from './index.ts';

/** A request sent by the client. */
export interface Sent {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A server that responds to each request with the next step of a script. */
interface ScriptedServer {
  url: string;
  /** The requests received, oldest first. */
  sent: Sent[];
  close: () => Promise<void>;
}

/** Responds to one request. */
export type Step = (response: ServerResponse, sent: Sent) => void;

/** Starts a server on 127.0.0.1. The last step is repeated for all further requests. */
async function startScriptedServer(...steps: Step[]): Promise<ScriptedServer> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const step = steps[Math.min(sent.length, steps.length - 1)];
      const received = { method, url, headers, body };
      sent.push(received);
      step?.(response, received);
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const servers: ScriptedServer[] = [];

/** Closes all servers of a test. Call it in `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** Starts a scripted server and a client of it. */
export async function serve(steps: Step[], options: SwitchboardOptions = {}) {
  const server = await startScriptedServer(...steps);
  servers.push(server);
  return { server, sb: new Switchboard({ baseUrl: server.url, apiKey: 'sb_key', ...options }) };
}

/** Returns the error of a failed call. Throws if the call succeeds. */
export const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => {
      throw new Error('The call succeeded.');
    },
    (error: unknown) => error,
  );

/** Responds with JSON. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Step =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Responds with a problem document. */
export const problem = (
  code: string,
  status: number,
  fields: object = {},
  headers: Record<string, string> = {},
): Step =>
  json(
    {
      type: 'about:blank',
      title: 'A title',
      status,
      detail: 'A detail.',
      code,
      requestId: 'request-1',
      ...fields,
    },
    status,
    headers,
  );

/** Resets the connection without a response. */
export const disconnect: Step = (response) => response.socket?.resetAndDestroy();

/** Sends no response. */
export const hang: Step = () => undefined;

/** Responds with part of an event stream, then ends it or resets the connection. */
export const events =
  (body: string, end: 'ends' | 'breaks' = 'ends'): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(body, () => {
      if (end === 'ends') response.end();
      else setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
  };
