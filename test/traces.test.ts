import { afterAll, describe, expect, test } from '@jest/globals';
import { metrics } from '#server/metrics/instruments';
import { prometheusText } from '#server/metrics/prometheus';
import { tracing } from '#server/tracing/spans';
import { type Account, ask, caller, signUp, until } from './client.ts';
import { connectMcp } from './mcp-client.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';
import { parseMetrics } from './prometheus.ts';
import { startProviderServer } from './provider-server.ts';
import { type ServedInstance, serveInstance } from './served.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const parent = (flags: string) => ({ traceparent: `00-${TRACE}-${SPAN}-${flags}` });

const provider = await startProviderServer();
afterAll(provider.close);

/** Returns how many spans were sent, failed or dropped so far. */
const countOf = (result: string) =>
  parseMetrics(prometheusText(metrics.all)).get(`switchboard_trace_spans_total{result="${result}"}`) ?? 0;

/** Runs `work` on an instance with traces, and stops it. */
async function traced(
  settings: Record<string, string>,
  work: (served: ServedInstance, account: Account) => Promise<unknown>,
  receiver?: OtlpReceiver,
): Promise<OtlpReceiver> {
  const to = receiver ?? (await startOtlpReceiver());
  const served = await serveInstance({
    settings: {
      AI_MODEL: 'openai-compatible/normal',
      AI_BASE_URL: provider.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: to.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=s3cret%20key',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_SERVICE_NAME: 'tested',
      ...settings,
    },
  });
  try {
    await work(served, await signUp(served.url));
    await served.deps.runs.drain(10_000);
  } finally {
    await served.close();
    await to.close();
  }
  return to;
}

const find = (spans: readonly ReceivedSpan[], name: string) => spans.find((span) => span.name === name);

describe('traces', () => {
  test('have spans of the request, the procedure, the answer and the model, without any text', async () => {
    let chatId = '';
    const { spans, resources, keys, text } = await traced({}, async (_, ada) => {
      ({ chatId } = await ask(ada, 'A very s3cret question'));
      await until(
        () => ada.rpc.chat.get.query({ id: chatId }),
        (chat) => chat.activeRunId === null,
      );
      await ada.fetch('/api/v1/s3cret?s3cret=1');
    });
    expect(resources[0]).toMatchObject({ 'service.name': 'tested', 'service.version': expect.any(String) });
    expect(new Set(keys)).toEqual(new Set(['s3cret key']));
    expect(text()).not.toContain('s3cret');

    const send = find(spans, 'chat.send');
    const request = spans.find(({ spanId }) => spanId === send?.parentSpanId);
    expect(request).toMatchObject({
      name: 'POST chat.send',
      kind: 2,
      attributes: { 'http.response.status_code': 200 },
    });
    expect(request?.parentSpanId).toBeUndefined();
    const answer = find(spans, 'answer');
    expect(answer).toMatchObject({
      traceId: send?.traceId,
      attributes: { 'gen_ai.conversation.id': chatId },
    });
    expect(spans.find(({ name }) => name.startsWith('chat '))).toMatchObject({
      parentSpanId: answer?.spanId,
      kind: 3,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'normal',
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.output_tokens': expect.any(Number),
      },
    });
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(endTimeUnixNano >= startTimeUnixNano).toBe(true);
    }
    expect(find(spans, 'GET rest')?.attributes['url.path']).toBe('/api/v1/*');
    // The provider gets no id of the trace.
    expect(provider.requests.every(({ headers }) => headers['traceparent'] === undefined)).toBe(true);
  }, 60_000);

  test('are linked to those of callers, who decide on sampling only behind a trusted proxy', async () => {
    const call = (headers: Record<string, string>) => (served: ServedInstance) =>
      caller(served.url).fetch('/api/v1/users/me', { headers });
    const untrusted = await traced({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, call(parent('00')));
    const linked = untrusted.spans.find(({ links }) => links !== undefined);
    expect(linked).toMatchObject({
      links: [{ traceId: TRACE, spanId: SPAN }],
      attributes: { 'switchboard.surface': 'rest' },
    });
    expect(linked?.traceId).not.toBe(TRACE);

    const off = { OTEL_TRACES_SAMPLER: 'parentbased_always_off', TRUST_PROXY: 'true' };
    expect((await traced(off, call(parent('00')))).spans).toEqual([]);
    expect((await traced(off, call(parent('01')))).spans.map(({ name }) => name)).toContain('GET users.me');
    expect((await traced({ ...off, TRUST_PROXY: 'false' }, call(parent('01')))).spans).toEqual([]);
  }, 60_000);

  test('are exported as a whole or not at all', async () => {
    const some = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
    const { spans } = await traced(some, async (_, ada) => {
      for (let i = 0; i < 40; i++) await ada.fetch('/api/v1/users/me');
      await ada.rpc.users.me.query();
    });
    const requests = new Set(spans.filter(({ kind }) => kind === 2).map(({ spanId }) => spanId));
    const calls = spans.filter(({ name }) => name === 'users.me');
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.length).toBeLessThan(41);
    expect(calls.filter(({ parentSpanId = '' }) => !requests.has(parentSpanId))).toEqual([]);
  }, 60_000);

  test('name the tool that an agent calls', async () => {
    const { spans } = await traced({}, async (served, ada) => {
      const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'read' });
      const headers = { authorization: `Bearer ${key}` };
      const agent = await connectMcp(`${served.url}/api/mcp`, { headers });
      await agent.callTool({ name: 'users_me', arguments: {} });
      await agent.close();
    });
    const tool = find(spans, 'execute_tool users_me');
    expect(tool).toMatchObject({
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'users_me',
        'switchboard.procedure': 'users.me',
      },
    });
    expect(spans.find(({ spanId }) => spanId === tool?.parentSpanId)?.name).toBe('POST users.me');
  }, 60_000);

  test('name a failed call by its code', async () => {
    const { spans } = await traced({}, (_, ada) => ada.rest(`GET /chats/${crypto.randomUUID()}`));
    expect(find(spans, 'chat.get')).toMatchObject({
      status: { code: 2 },
      attributes: { 'error.type': 'NOT_FOUND' },
    });
  }, 60_000);

  test('do not delay calls and the stop if the receiver hangs', async () => {
    const receiver = await startOtlpReceiver();
    receiver.behave('hang');
    const failed = countOf('failed');
    const statuses = new Set<number>();
    await traced(
      {},
      async (_, ada) => {
        // More spans than one request takes, which is therefore sent, and never gets a response.
        for (let i = 0; i < 300; i++) statuses.add((await ada.fetch('/api/v1/users/me')).status);
      },
      receiver,
    );
    expect(statuses).toEqual(new Set([200]));
    expect(receiver.keys.length).toBeGreaterThan(0);
    expect(receiver.spans).toEqual([]);
    expect(countOf('failed')).toBeGreaterThanOrEqual(failed + 512);
  }, 120_000);

  test('that the receiver rejects are counted', async () => {
    const receiver = await startOtlpReceiver();
    receiver.behave('reject');
    const before = countOf('failed');
    await traced({}, (_, ada) => ada.fetch('/api/v1/users/me'), receiver);
    expect(countOf('failed')).toBeGreaterThan(before);
  }, 60_000);
});

test('without an endpoint, there is no tracer', async () => {
  const served = await serveInstance();
  expect(tracing.tracer).toBeUndefined();
  await served.close();
});
