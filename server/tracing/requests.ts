import {
  andThen,
  type ApiResponse,
  type Call,
  type Eventual,
  isTrustedPeer,
  type TrustedNetworks,
} from '#layer/index';
import { readTraceParent } from '#server/log/trace-parent';
import { metrics } from '#server/metrics/instruments';
import { surfaceOf } from '#server/metrics/surface-of';
import type { Span, Tracer } from './spans.ts';

/** Requests of machines that watch the server. */
const UNTRACED = new Set(['/api/health', '/api/ready', '/api/metrics']);

/** Returns a label of a metric only if it is one of its values, because callers choose the others. */
const isProcedure = (name: string) => metrics.labels.procedure.indexOf(name) !== 0;

/** Runs the requests of an API in spans. */
export interface RequestTracer<C extends object, Platform> {
  around: (call: Call<C, Platform>, run: () => Eventual<ApiResponse>) => Eventual<ApiResponse>;
  /** Returns the id of the trace of a call; `undefined` if it is not exported. */
  traceIdOf: (call: Call<C, Platform>) => string | undefined;
}

/**
 * @param trusted the peers whose decision to sample a trace counts.
 * @param nameOf formats a path without anything that may be secret.
 */
export function createRequestTracer<C extends object, Platform>(
  tracer: Tracer,
  trusted: boolean | TrustedNetworks,
  nameOf: (path: string) => string,
): RequestTracer<C, Platform> {
  const traceIds = new WeakMap<Call<C, Platform>, string>();

  function describe(span: Span, call: Call<C, Platform>, { status }: ApiResponse): void {
    const procedures = call.info.calls.map(({ path }) => path).filter(isProcedure);
    const surface = surfaceOf(call.path);
    span.rename(`${call.method} ${procedures.length === 1 ? procedures.join() : surface}`);
    span.set({
      'http.request.method': call.method,
      'http.response.status_code': status,
      'url.path': nameOf(call.path),
      'switchboard.surface': surface,
      'switchboard.request_id': call.id,
      ...(procedures.length > 0 && { 'switchboard.procedures': procedures }),
    });
    if (status >= 500) span.fail(String(status));
  }

  return {
    traceIdOf: (call) => traceIds.get(call),
    around(call, run) {
      if (UNTRACED.has(call.path)) return run();
      const remote = readTraceParent(call.header('traceparent'));
      const isHonored = remote !== undefined && isTrustedPeer(trusted, call.peer);
      const span = tracer.startRequest(remote, isHonored);
      if (span === undefined) return run();
      traceIds.set(call, span.traceId);
      return andThen(tracer.run(span, run), (response) => {
        describe(span, call, response);
        span.end();
        return response;
      });
    },
  };
}
