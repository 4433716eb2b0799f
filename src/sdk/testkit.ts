import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen } from '#test/listen';
import { Switchboard, type SwitchboardOptions } from './index.ts';

/** A request that the client has sent. */
export interface Sent {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A server that answers each request as the next step of a script says. */
interface ScriptedServer {
  url: string;
  /** What came, oldest first. */
  sent: Sent[];
  close: () => Promise<void>;
}

/** How one request is answered. */
export type Step = (response: ServerResponse, sent: Sent) => void;

/** Starts a server on 127.0.0.1; the last step is for all requests that follow as well. */
async function startScriptedServer(...steps: Step[]): Promise<ScriptedServer> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request;
      const step = steps[Math.min(sent.length, steps.length - 1)];
      const what = { method, url, headers, body };
      sent.push(what);
      step?.(response, what);
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

/** Closes every server of a test; for `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** A client, and the server that it calls. */
export async function serve(steps: Step[], options: SwitchboardOptions = {}) {
  const server = await startScriptedServer(...steps);
  servers.push(server);
  return { server, sb: new Switchboard({ baseUrl: server.url, apiKey: 'sb_key', ...options }) };
}

/** What a call fails with; the test fails when it succeeds. */
export const failureOf = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => {
      throw new Error('The call succeeded.');
    },
    (error: unknown) => error,
  );

/** Answers with JSON. */
export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Step =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Answers with a problem document. */
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

/** Breaks the connection off without an answer. */
export const breakOff: Step = (response) => response.socket?.resetAndDestroy();

/** Says nothing. */
export const silence: Step = () => undefined;

/** Answers with a piece of an event stream, and then ends it or breaks the connection off. */
export const events =
  (body: string, end: 'ends' | 'breaks' = 'ends'): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(body, () => {
      if (end === 'ends') response.end();
      else setTimeout(() => response.socket?.resetAndDestroy(), 20);
    });
  };
