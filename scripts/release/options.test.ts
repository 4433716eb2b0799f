import { expect, test } from '@jest/globals';
import { releaseOptions } from './options.ts';

const REGISTRY = 'https://registry.example.com';

test('is a dry run without --publish', () => {
  const dryRun = { isPreparation: false, scope: undefined, registry: undefined };
  expect(releaseOptions([])).toEqual(dryRun);
  expect(releaseOptions(['--dry-run'])).toEqual(dryRun);
  expect(releaseOptions(['--scope', '@acme', '--registry', REGISTRY])).toEqual({ ...dryRun, scope: '@acme' });
});

test('publishes with a scope and a registry only', () => {
  const args = ['--publish', '--scope', '@acme', '--registry', REGISTRY];
  expect(releaseOptions(args)).toEqual({ isPreparation: false, scope: '@acme', registry: REGISTRY });
  expect(() => releaseOptions(args.slice(0, 3))).toThrow('--publish needs --scope');
  expect(() => releaseOptions(['--publish', ...args.slice(3)])).toThrow('--publish needs --scope');
  expect(() => releaseOptions([...args, '--dry-run'])).toThrow('exclude each other');
});

test('--prepare comes alone', () => {
  expect(releaseOptions(['--prepare']).isPreparation).toBe(true);
  expect(() => releaseOptions(['--prepare', '--publish'])).toThrow('--prepare takes no other options');
});

test.each([['acme'], ['@Acme'], ['@acme/layer'], ['@']])('rejects the scope %s', (scope) => {
  expect(() => releaseOptions(['--scope', scope])).toThrow('--scope must be');
});

test('rejects a registry that is no URL', () => {
  expect(() => releaseOptions(['--registry', 'example'])).toThrow('--registry must be');
});
