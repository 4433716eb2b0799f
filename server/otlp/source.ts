import { PRODUCT } from '#contract/product';
import type { Env } from '#server/env';
import { programVersion } from '#server/version';
import type { Attributes } from './encode.ts';

/** Who sends traces and metrics. */
export interface Source {
  /** The attributes of this process. */
  resource: Attributes;
  /** The program that records. */
  scope: { name: string; version: string };
}

/**
 * Returns this process as the source of traces and metrics. OTEL_RESOURCE_ATTRIBUTES adds attributes and may replace the
 * version and the id of the instance. OTEL_SERVICE_NAME takes precedence over the name in it.
 */
export function sourceOf(
  { OTEL_SERVICE_NAME: name, OTEL_RESOURCE_ATTRIBUTES: attributes = new Map<string, string>() }: Env,
  instanceId: string,
): Source {
  const version = programVersion();
  return {
    resource: {
      'service.name': PRODUCT.slug,
      'service.version': version,
      'service.instance.id': instanceId,
      ...Object.fromEntries(attributes),
      ...(name !== undefined && { 'service.name': name }),
      // A name of its own, because no SDK of OpenTelemetry is used.
      'telemetry.sdk.name': PRODUCT.slug,
      'telemetry.sdk.language': 'nodejs',
      'telemetry.sdk.version': version,
    },
    scope: { name: PRODUCT.slug, version },
  };
}
