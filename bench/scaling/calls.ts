import { Agent, request } from 'node:http';
import { percentile } from '../lib/statistics.ts';

/** A call that is repeated. */
export interface RepeatedCall {
  name: string;
  method: 'GET' | 'PATCH';
  path: string;
  body?: string;
}

/** The result of a load of calls. */
export interface Calls {
  count: number;
  seconds: number;
  medianMs: number;
  p99Ms: number;
}

const CONNECTIONS = 24;

/**
 * Repeats a call for some seconds on keep-alive connections, which are spread over all instances.
 * @throws {Error} if a status is not 200.
 */
export async function repeat(
  ports: readonly number[],
  { method, path, body }: RepeatedCall,
  cookie: string,
  seconds: number,
): Promise<Calls> {
  const agent = new Agent({ keepAlive: true });
  const headers = { cookie, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const waits: number[] = [];

  function call(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, method, path, headers, agent }, (response) => {
        response.resume();
        response.once('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${method} ${path} returned ${response.statusCode ?? 'nothing'}.`));
        });
      });
      sent.once('error', reject);
      sent.end(body);
    });
  }

  async function work(port: number): Promise<void> {
    while (performance.now() < until) {
      const began = performance.now();
      await call(port);
      waits.push(performance.now() - began);
    }
  }

  try {
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, index) => work(ports[index % ports.length] ?? NaN)),
    );
  } finally {
    agent.destroy();
  }
  return {
    count: waits.length,
    seconds: (performance.now() - startedAt) / 1000,
    medianMs: percentile(waits, 0.5),
    p99Ms: percentile(waits, 0.99),
  };
}
