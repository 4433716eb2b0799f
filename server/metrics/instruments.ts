import { ERRORS } from '#contract/errors';
import { PROVIDERS } from '#contract/models';
import { type AnyInstrument, counter, gauge, histogram, Label } from './series.ts';

/** The bounds of durations of calls and statements, in seconds. */
const SHORT = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
/** The bounds of durations of models, in seconds. */
const LONG = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 300];
/** The bounds of durations of the garbage collector, in seconds. */
const PAUSES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5];

/** The surfaces of procedures. `rpc-batch` is an RPC request with several calls, `page` a server component. */
const CALLED = ['rpc', 'rpc-batch', 'rest', 'mcp', 'chat', 'page'];
/** The other surfaces. */
const SERVED = ['auth', 'oauth', 'files', 'openapi', 'docs', 'health', 'metrics', 'none'];
const GC_KINDS = ['minor', 'major', 'incremental', 'weakcb'];

/** The labels, with all of their values. `procedure`, `version`, `node` and `database` get theirs at the start. */
const labels = {
  surface: new Label('surface', [...CALLED, ...SERVED]),
  procedure: new Label('procedure'),
  code: new Label('code', Object.keys(ERRORS)),
  status: new Label('status', ['2xx', '3xx', '4xx', '5xx']),
  limit: new Label('limit', [
    'calls',
    'bytes',
    'attempts',
    'streams',
    'connections',
    'answers',
    'account',
    'tokens',
  ]),
  state: new Label('state', ['in_use', 'idle', 'waiting']),
  ended: new Label('status', ['complete', 'stopped', 'failed', 'interrupted']),
  takeover: new Label('result', ['continued', 'ended', 'failed']),
  provider: new Label('provider', ['guide', ...PROVIDERS]),
  imported: new Label('result', ['imported', 'skipped', 'failed']),
  exported: new Label('result', ['sent', 'failed', 'dropped']),
  gc: new Label('kind', GC_KINDS),
  version: new Label('version'),
  node: new Label('node'),
  database: new Label('database'),
};

/** Creates all instruments of a process. Each is declared here, and nowhere else. */
function declare() {
  return {
    calls: histogram(
      'switchboard_call_duration_seconds',
      'Duration of calls of procedures, of streams until they begin.',
      SHORT,
      labels.surface,
      labels.procedure,
    ),
    callErrors: counter(
      'switchboard_call_errors_total',
      'Calls that failed, also before their procedure ran, and streams that failed after they had begun.',
      labels.surface,
      labels.procedure,
      labels.code,
    ),
    responses: histogram(
      'switchboard_http_response_seconds',
      'Time until the response to a request of the API began, in whole milliseconds.',
      SHORT,
      labels.surface,
      labels.status,
    ),
    rejections: counter(
      'switchboard_limit_rejections_total',
      'Calls and connections that a limit has rejected.',
      labels.limit,
    ),
    streams: gauge('switchboard_open_streams', 'Open streams, and calls that wait for an answer.'),
    connections: gauge('switchboard_open_connections', 'Open connections of clients.'),

    databaseUp: gauge(
      'switchboard_database_up',
      '1 if the database responded to the latest query for metrics, otherwise 0.',
    ),
    database: gauge(
      'switchboard_database_connections',
      'Connections of the pool that are in use and idle, and statements that wait for one.',
      labels.state,
    ),
    statements: histogram(
      'switchboard_database_use_seconds',
      'Time for which a statement or a transaction used a connection of the pool.',
      SHORT,
    ),
    statementWaits: histogram(
      'switchboard_database_wait_seconds',
      'Time that statements and transactions waited for a connection, of those that had to wait.',
      SHORT,
    ),
    maintenance: gauge('switchboard_maintenance', '1 in maintenance mode, otherwise 0.'),
    lockSession: gauge(
      'switchboard_lock_session_age_seconds',
      'Age of the session that holds the lock of this instance, 0 without one. Only on Postgres.',
    ),

    runs: gauge('switchboard_active_runs', 'Answers that this instance is writing.'),
    runsEnded: counter('switchboard_runs_ended_total', 'Answers that ended.', labels.ended),
    runFailures: counter(
      'switchboard_run_failures_total',
      'Answers that failed, most of them by an error of the provider.',
      labels.provider,
      labels.code,
    ),
    firstToken: histogram(
      'switchboard_time_to_first_token_seconds',
      'Time from the call of a model to the first character of its answer.',
      LONG,
      labels.provider,
    ),
    takeovers: counter(
      'switchboard_run_takeovers_total',
      'Answers of lost instances that this one has taken over.',
      labels.takeover,
    ),
    seams: histogram(
      'switchboard_run_pause_seconds',
      'Time from the takeover of an answer to the first part of its continuation.',
      LONG,
    ),
    deltas: counter('switchboard_deltas_total', 'Parts of answers that were written to the log of runs.'),
    flushes: histogram(
      'switchboard_log_flush_seconds',
      'Duration of the statements that write the log of runs, with their retries.',
      SHORT,
    ),

    importsPending: gauge('switchboard_import_pending_chats', 'Chats that wait to be imported.'),
    imports: counter('switchboard_imported_chats_total', 'Chats of imports.', labels.imported),
    periodicFailures: counter(
      'switchboard_periodic_work_failures_total',
      'Rounds of periodic work that failed. The next round tries again.',
    ),
    spans: counter(
      'switchboard_trace_spans_total',
      'Spans of traces that were sent, that the receiver did not accept, and that a full queue dropped.',
      labels.exported,
    ),
    exports: counter(
      'switchboard_metric_exports_total',
      'Exports of metrics over OTLP that were sent, and that the receiver did not accept.',
      labels.exported,
    ),
    backup: gauge(
      'switchboard_backup_timestamp_seconds',
      'Time of the newest scheduled backup, as a Unix timestamp, 0 without one. Only if backups are scheduled.',
    ),
    backupInterval: gauge(
      'switchboard_backup_interval_seconds',
      'Time between two scheduled backups. Only if they are scheduled.',
    ),

    build: gauge(
      'switchboard_build_info',
      'Always 1. The labels have the versions of the program and of Node.js, and the kind of the database.',
      labels.version,
      labels.node,
      labels.database,
    ),
    started: gauge('process_start_time_seconds', 'Time of the start of the process, as a Unix timestamp.'),
    cpu: counter('process_cpu_seconds_total', 'Processor time of the process, of user and system.'),
    memory: gauge('process_resident_memory_bytes', 'Memory of the process (RSS).'),
    heapUsed: gauge('nodejs_heap_size_used_bytes', 'Memory in use by the heap of JavaScript.'),
    heapTotal: gauge('nodejs_heap_size_total_bytes', 'Size of the heap of JavaScript.'),
    external: gauge('nodejs_external_memory_bytes', 'Memory of buffers outside of the heap.'),
    lagMedian: gauge(
      'nodejs_eventloop_lag_p50_seconds',
      'Delay of the event loop since the last scrape or export: median.',
    ),
    lag99: gauge(
      'nodejs_eventloop_lag_p99_seconds',
      'Delay of the event loop since the last scrape or export: 99th percentile.',
    ),
    lagMax: gauge(
      'nodejs_eventloop_lag_max_seconds',
      'Delay of the event loop since the last scrape or export: maximum.',
    ),
    gc: histogram('nodejs_gc_duration_seconds', 'Pauses of the garbage collector.', PAUSES, labels.gc),
  };
}

function create() {
  const instruments = declare();
  // Counters with few series begin with 0. Otherwise the first rejection would not be seen as an increase.
  for (const each of [
    instruments.rejections,
    instruments.runsEnded,
    instruments.takeovers,
    instruments.imports,
  ]) {
    for (const value of each.labels[0]?.values.slice(1) ?? []) each.begin(value);
  }
  instruments.deltas.begin();
  instruments.periodicFailures.begin();
  const all: readonly AnyInstrument[] = Object.values(instruments);
  return { ...instruments, labels, all };
}

declare global {
  /** The instruments of the process. Both copies of the modules count with them (decision 1). */
  var metricsOfProcess: ReturnType<typeof create> | undefined;
}

/** The instruments of this process. In development, a change of their declarations needs a restart. */
export const metrics = (globalThis.metricsOfProcess ??= create());
