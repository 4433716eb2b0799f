import { expect, test } from '@jest/globals';
import { PRODUCT } from '#contract/product';
import { parseEnv } from '#server/env';
import { sourceOf } from './source.ts';

const resourceOf = (settings: Record<string, string>) => sourceOf(parseEnv(settings), 'instance').resource;

test('the resource has the name, the version and the id of the instance by default', () => {
  expect(resourceOf({})).toEqual({
    'service.name': PRODUCT.slug,
    'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
    'service.instance.id': 'instance',
    'telemetry.sdk.name': PRODUCT.slug,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
  });
});

test('OTEL_RESOURCE_ATTRIBUTES adds attributes and replaces all but what the code is', () => {
  const list =
    'service.name=shop, service.instance.id = pod%2D1,a%20b=c%2Cd%3D,e=f=g,empty=,telemetry.sdk.name=other';
  expect(resourceOf({ OTEL_RESOURCE_ATTRIBUTES: list })).toMatchObject({
    'service.name': 'shop',
    'service.instance.id': 'pod-1',
    'a b': 'c,d=',
    e: 'f=g',
    empty: '',
    'telemetry.sdk.name': PRODUCT.slug,
  });
});

test('OTEL_SERVICE_NAME takes precedence over service.name', () => {
  const settings = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop', OTEL_SERVICE_NAME: 'till' };
  expect(resourceOf(settings)).toMatchObject({ 'service.name': 'till' });
});
