import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as layer from '#layer/index';

test('the layer exports these values', () => {
  expect(Object.keys(layer).sort()).toEqual([
    'ApiError',
    'CORE_ERRORS',
    'CoreError',
    'HEARTBEAT_MS',
    'MAX_BATCH_SIZE',
    'MIN_LENGTH',
    'REST_PATH',
    'WindowCounter',
    'chooseEncoding',
    'chunksOf',
    'compress',
    'coreErrors',
    'createApi',
    'createHealthSurface',
    'createOpenApiDocument',
    'createOpenApiSurface',
    'createRestSurface',
    'createRpcSurface',
    'cutText',
    'defineErrors',
    'endpointsOf',
    'invalidInput',
    'isAsyncIterable',
    'isCompressible',
    'isProcedure',
    'issuesOf',
    'iterable',
    'mediaType',
    'meterBody',
    'nextSlice',
    'parseJson',
    'pointerTo',
    'problem',
    'problemDocument',
    'problemSchemaOf',
    'proceduresOf',
    'readBody',
    'rpcFailure',
    'sseResponse',
    'textStream',
    'toResponse',
    'trackedIterable',
    'untilRevoked',
    'zodIssues',
  ]);
});

/** Words of the product: its name, its resources and its settings. */
const PRODUCT =
  /switchboard|better-auth|api[- ]?key|guest|runId|RUN_ACTIVE|drizzle|\/api\/auth|\bchats?\b|\busers?\.|session|\badmin|APP_URL/i;

test('the layer does not mention the product', () => {
  const files = globSync('src/layer/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(50);
  const named = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (PRODUCT.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  expect(named).toEqual([]);
});
