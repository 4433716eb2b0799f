import { type IncomingHttpHeaders, request } from 'node:http';
import type { Caller } from './client.ts';

/** A request whose body is announced and not sent. */
export interface Announced {
  method?: string;
  path: string;
  type?: string;
  headers?: Record<string, string>;
  /** Default: 100. */
  bytes?: number;
}

/**
 * Sends the head of a request and waits for the response without sending the body.
 * @throws {Error} after two seconds, because the server then waits for the body.
 */
export function sendHead(
  { url, headers: own }: Pick<Caller, 'url' | 'headers'>,
  { method = 'POST', path, type = 'application/json', headers, bytes = 100 }: Announced,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const head = { ...own, 'content-type': type, 'content-length': String(bytes), ...headers };
    const sent = request(`${url}${path}`, { method, headers: head });
    const timer = setTimeout(() => {
      sent.destroy(new Error(`${method} ${path}: the server waits for the body.`));
    }, 2000);
    sent.on('error', reject);
    sent.on('response', (response) => {
      clearTimeout(timer);
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        sent.destroy();
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.flushHeaders();
  });
}
