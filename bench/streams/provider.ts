import { startProgram } from '../lib/process.ts';

/** The model provider of provider.main.ts, in a separate process. */
export type Provider = Awaited<ReturnType<typeof startProvider>>;

/** Starts a model provider. */
export async function startProvider() {
  const { pid, match, stop } = await startProgram(['bench/streams/provider.main.ts'], {
    core: 'load',
    ready: /ready on port (\d+)/,
  });
  const origin = `http://127.0.0.1:${match[1] ?? ''}`;
  return {
    pid,
    baseUrl: `${origin}/v1`,
    /** Lets `idle` answers continue to their end. */
    async release(): Promise<void> {
      await fetch(`${origin}/release`, { method: 'POST' });
    },
    stop,
  };
}
