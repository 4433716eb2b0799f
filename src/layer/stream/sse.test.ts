import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type SseEvent, sseResponse, sseText } from './sse.ts';

const never = () => new AbortController().signal;
const text = (response: Response) => response.text();

async function* events(...items: SseEvent[]) {
  for (const item of items) {
    await sleep(0);
    yield item;
  }
}

/** Returns an endless source, and counts of the calls to its iterator. */
function endless() {
  const state = { taken: 0, returned: 0 };
  const source: AsyncIterable<SseEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => ({ done: false, value: { data: String(++state.taken) } }),
      return: async () => {
        state.returned++;
        return { done: true, value: undefined };
      },
    }),
  };
  return { state, source };
}

describe('sseText', () => {
  test('writes every line of the data as a field', () => {
    expect(sseText({ id: '1', event: 'x', data: 'a\r\nb\rc\n' })).toBe(
      'id: 1\nevent: x\ndata: a\ndata: b\ndata: c\ndata: \n\n',
    );
  });

  test('rejects ids and names that would add other fields', () => {
    expect(() => sseText({ id: '1\ndata: x', data: '' })).toThrow(TypeError);
    expect(() => sseText({ event: 'x\r', data: '' })).toThrow(TypeError);
  });
});

describe('sseResponse', () => {
  test('sends events, the closing one last, with additional headers', async () => {
    const response = sseResponse(events({ data: 'a' }, { id: '2', data: 'b' }), {
      signal: never(),
      heartbeatMs: 1000,
      headers: { 'x-a': 'b' },
      closing: () => ({ data: '[DONE]' }),
    });
    expect(response.headers.get('x-a')).toBe('b');
    await expect(text(response)).resolves.toBe(': open\n\ndata: a\n\nid: 2\ndata: b\n\ndata: [DONE]\n\n');
  });

  test('sends comments while there is no event, without losing one', async () => {
    async function* slow() {
      await sleep(50);
      yield { data: 'late' };
    }
    const body = await text(sseResponse(slow(), { signal: never(), heartbeatMs: 10 }));
    expect(body).toMatch(/^: open\n\n(: heartbeat\n\n)+data: late\n\n$/);
  });

  test('takes an event only when the client reads on', async () => {
    const { state, source } = endless();
    const reader = sseResponse(source, { signal: never(), heartbeatMs: 1000 }).body?.getReader();
    await reader?.read();
    await sleep(10);
    expect(state.taken).toBeLessThanOrEqual(1);
    await reader?.cancel();
    expect(state.returned).toBe(1);
  });

  test('ends cleanly, and ends its source, if the signal is aborted', async () => {
    const { state, source } = endless();
    const abort = new AbortController();
    const reader = sseResponse(source, { signal: abort.signal, heartbeatMs: 1000 }).body?.getReader();
    await reader?.read();
    abort.abort();
    await sleep(0);
    await reader?.read();
    await expect(reader?.read()).resolves.toEqual({ done: true, value: undefined });
    expect(state.returned).toBe(1);
  });

  test('ends at once if the signal was already aborted', async () => {
    const { state, source } = endless();
    await expect(text(sseResponse(source, { signal: AbortSignal.abort(), heartbeatMs: 1000 }))).resolves.toBe(
      ': open\n\n',
    );
    expect(state).toEqual({ taken: 0, returned: 1 });
  });

  test('reports a failure in the closing event, or breaks the connection without one', async () => {
    async function* failing(): AsyncGenerator<SseEvent> {
      yield { data: 'a' };
      throw new Error('broken');
    }
    const closing = (failure?: { error: unknown }) => ({ event: 'error', data: String(failure?.error) });
    const closed = sseResponse(failing(), { signal: never(), heartbeatMs: 1000, closing });
    await expect(text(closed)).resolves.toContain('event: error\ndata: Error: broken\n\n');
    await expect(text(sseResponse(failing(), { signal: never(), heartbeatMs: 1000 }))).rejects.toThrow(
      'broken',
    );
  });
});
