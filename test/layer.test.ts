import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as layer from '#layer/index';

test('the layer exports these values', () => {
  expect(Object.keys(layer).sort()).toEqual([
    'ApiError',
    'CORE_ERRORS',
    'Call',
    'CoreError',
    'DEFAULT_MAX_DURATION',
    'DEFAULT_PATHS',
    'HEARTBEAT_MS',
    'HOST',
    'HeaderList',
    'MAX_BATCH_SIZE',
    'MIN_LENGTH',
    'WindowCounter',
    'addressKey',
    'all',
    'andThen',
    'around',
    'chooseEncoding',
    'clientAddress',
    'coreErrors',
    'createApi',
    'createHealthSurface',
    'createOpenApiDocument',
    'createOpenApiSurface',
    'createOriginGuard',
    'createRateLimits',
    'createRestSurface',
    'createRpcSurface',
    'cutText',
    'defineErrors',
    'endpointsOf',
    'guard',
    'hostRequest',
    'invalidInput',
    'isAbortError',
    'isAsyncIterable',
    'isLoopbackHost',
    'isProcedure',
    'isTrustedPeer',
    'issuesOf',
    'iterable',
    'mediaType',
    'memoryCounters',
    'nextSlice',
    'parseJson',
    'plainAddress',
    'pointerTo',
    'problem',
    'problemDocument',
    'problemSchemaOf',
    'proceduresOf',
    'progressOf',
    'readBody',
    'rescue',
    'rpcFailure',
    'sseResponse',
    'textStream',
    'toResponse',
    'toRouteHandlers',
    'tooMany',
    'toolNameOf',
    'trackedIterable',
    'untilRevoked',
    'zodIssues',
  ]);
});

/** Words of the product: its name, its resources and its settings. */
const PRODUCT =
  /switchboard|better-auth|api[- ]?key|guest|runId|RUN_ACTIVE|drizzle|\/api\/auth|\bchats?\b|\busers?\.|session|\badmin|APP_URL/i;

test('the layer does not mention the product', () => {
  // Of the command line and the clients that it writes, keys are a subject; `bin.ts` names the package of the former.
  const files = globSync('src/layer/**/*.ts').filter(
    (file) => !/\.test\.ts$|\/testkit\.ts$|layer\/(?:(?:cli|sdk)\/|bin\.ts$)/.test(file),
  );
  expect(files.length).toBeGreaterThan(50);
  const named = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (PRODUCT.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(named).toEqual([]);
});
