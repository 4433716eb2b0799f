import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { startFauxqs } from 'fauxqs';
import { listen } from './listen.ts';
import { checkSignature } from './s3-signature.ts';

const BUCKET = 'example-bucket';
const KEY = { id: 'EXAMPLEKEY', secret: 'example-secret/+key' };

/** What becomes of a request on its way to the server. */
export type Fault = (
  request: IncomingMessage,
) => 'pass' | 'hang' | { status: number } | { change: (body: Buffer) => Buffer };

export interface S3Server {
  /** The settings of an installation that uses it. */
  settings: Record<string, string>;
  /** Decides what becomes of each request, and sees all of them. */
  setFault: (fault: Fault) => void;
  /** The files with parts of uploads that were neither completed nor removed. */
  leftParts: () => string[];
  close: () => Promise<void>;
}

function reject(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code></Error>`);
}

/** Passes signed requests to a server, unless there is a fault. */
function startProxy(port: number, faultOf: Fault): Server {
  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = faultOf(incoming);
    if (fault === 'hang') return;
    const body = await buffer(incoming);
    if (fault !== 'pass' && 'status' in fault) return void response.writeHead(fault.status).end();
    const problem = checkSignature(incoming, body, KEY);
    if (problem !== undefined) {
      reject(response, 403, problem);
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = request(
      { host: '127.0.0.1', port, method, path: url, headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        if (fault === 'pass') return void answer.pipe(response);
        void buffer(answer).then((read) => response.end(fault.change(read)));
      },
    );
    outgoing.once('error', () => response.destroy());
    outgoing.end(body);
  }
  return createServer((incoming, response) => void pass(incoming, response).catch(() => response.destroy()));
}

/**
 * Starts a real S3 server (fauxqs) with an empty bucket, behind a proxy that can fail. The proxy checks signatures, which
 * the server does not.
 */
export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-s3-'));
  const server = await startFauxqs({
    port: 0,
    host: '127.0.0.1',
    logger: false,
    s3StorageDir: folder,
    init: { buckets: [BUCKET] },
  });
  let fault: Fault = () => 'pass';
  const proxy = startProxy(server.port, (incoming) => fault(incoming));
  const port = await listen(proxy);
  return {
    settings: {
      S3_ENDPOINT: `http://127.0.0.1:${port}`,
      S3_BUCKET: BUCKET,
      S3_ACCESS_KEY_ID: KEY.id,
      S3_SECRET_ACCESS_KEY: KEY.secret,
      S3_PREFIX: 'test/',
    },
    setFault: (next) => (fault = next),
    leftParts: () =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /^_multipart./.test(name)),
    async close() {
      proxy.closeAllConnections();
      proxy.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
