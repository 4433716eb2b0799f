import { describe, expect, test } from '@jest/globals';
import { parseEnv } from './env.ts';

const POSTGRES = 'postgres://127.0.0.1/app';

describe('DATABASE_DIRECT_URL', () => {
  test('is accepted beside a DATABASE_URL of Postgres', () => {
    const settings = { DATABASE_URL: 'postgresql://pooler/app', DATABASE_DIRECT_URL: POSTGRES };
    expect(parseEnv(settings)).toMatchObject(settings);
  });

  test.each([undefined, '', 'file:.data/db'])('is rejected if DATABASE_URL is %j', (DATABASE_URL) => {
    expect(() => parseEnv({ DATABASE_URL, DATABASE_DIRECT_URL: POSTGRES })).toThrow(
      /DATABASE_DIRECT_URL: needs DATABASE_URL to be the URL of the same Postgres database \(example: DATABASE_DIRECT_URL=postgres:/,
    );
  });
});

describe('TRUST_PROXY', () => {
  test.each<[string, unknown]>([
    ['', false],
    ['false', false],
    ['0', false],
    ['true', 1],
    ['1', 1],
    ['2', 2],
    ['10.0.0.1', ['10.0.0.1']],
    ['10.0.0.0/8, fd00::/8,::ffff:192.168.0.0/112', ['10.0.0.0/8', 'fd00::/8', '::ffff:192.168.0.0/112']],
  ])('accepts %j', (TRUST_PROXY, value) => {
    expect(parseEnv({ TRUST_PROXY }).TRUST_PROXY).toEqual(value);
  });

  test.each([
    ['yes', 'yes'],
    ['-1', '-1'],
    ['1.5', '1.5'],
    ['17', '17'],
    ['99999999999999999999', '99999999999999999999'],
    ['10.0.0.0/33', '10.0.0.0/33'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['fd00::/129', 'fd00::/129'],
    ['10.0.0.0/8/8', '10.0.0.0/8/8'],
    ['10.0.0.256', '10.0.0.256'],
    ['10.0.0.0/08', '10.0.0.0/08'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['proxy.internal', 'proxy.internal'],
    ['10.0.0.0/8,', ''],
    ['true,10.0.0.0/8', 'true'],
    ['10.0.0.0/8,2', '2'],
  ])('rejects %j, and names what is wrong', (TRUST_PROXY, wrong) => {
    expect(() => parseEnv({ TRUST_PROXY })).toThrow(
      `TRUST_PROXY: must be true, false, a number of proxies up to 16, or networks such as 10.0.0.0/8 and fd00::/8, separated by commas, and ${JSON.stringify(wrong)} is none of these (example: TRUST_PROXY=true)`,
    );
  });
});

describe('lists of secrets', () => {
  const [one, two] = ['1'.repeat(32), '2'.repeat(32)];
  const keys = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'));

  test('are read in their order, and one secret is a list of one', () => {
    expect(parseEnv({ AUTH_SECRET: one }).AUTH_SECRET).toEqual([one]);
    expect(parseEnv({ AUTH_SECRET: ` ${one} ` }).AUTH_SECRET).toEqual([` ${one} `]);
    expect(parseEnv({ AUTH_SECRET: `${two}, ${one}` }).AUTH_SECRET).toEqual([two, one]);
    expect(parseEnv({ ENCRYPTION_KEY: keys.join(',') }).ENCRYPTION_KEY).toEqual(keys);
    expect(parseEnv({ AUTH_SECRET: '' }).AUTH_SECRET).toBeUndefined();
  });

  test.each([
    [{ AUTH_SECRET: `${one},short` }, /AUTH_SECRET: must have at least 32 characters/],
    [{ AUTH_SECRET: `${one},` }, /AUTH_SECRET: must have at least 32 characters/],
    [{ AUTH_SECRET: `${one},${one}` }, /AUTH_SECRET: must not have the same secret twice/],
    [
      { AUTH_SECRET: Array.from({ length: 11 }, (_, n) => `${one}${n}`).join() },
      /AUTH_SECRET: must not have more than 10 secrets/,
    ],
    [{ ENCRYPTION_KEY: `${keys.join()},x` }, /ENCRYPTION_KEY: must be 32 bytes in base64/],
  ])('are rejected if one of them is not valid: %j', (settings, message) => {
    expect(() => parseEnv(settings)).toThrow(message);
  });
});

describe('OpenTelemetry', () => {
  test.each(['a', 'a=b,', '=b', 'a=b,,c=d', 'a=b, =c', 'a=%', 'a=%zz', '%=b', 'a b=c', ','])(
    'OTEL_RESOURCE_ATTRIBUTES=%j is rejected',
    (OTEL_RESOURCE_ATTRIBUTES) => {
      expect(() => parseEnv({ OTEL_RESOURCE_ATTRIBUTES })).toThrow(
        'OTEL_RESOURCE_ATTRIBUTES: must be attributes as name=value, separated by commas, with percent-encoded values (example: OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=production',
      );
    },
  );

  test.each(['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_METRICS_HEADERS'])(
    'a wrong value of %s is rejected without being repeated',
    (name) => {
      expect(() => parseEnv({ [name]: 's3cret' })).toThrow(
        `${name}: must be headers as name=value, separated by commas (example: ${name}=authorization=Bearer%20key)`,
      );
    },
  );

  test.each([
    ['OTEL_TRACES_EXPORTER', 'console'],
    ['OTEL_METRICS_EXPORTER', 'prometheus'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '0'],
    ['OTEL_METRIC_EXPORT_INTERVAL', '1e12'],
    ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'localhost:4318'],
  ])('%s=%s is rejected', (name, value) => {
    expect(() => parseEnv({ [name]: value })).toThrow(`${name}: `);
  });
});
