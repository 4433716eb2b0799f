import type { AnyTRPCRouter } from '@trpc/server';
import type { FetchHandlerRequestOptions } from '@trpc/server/adapters/fetch';
import type { HeaderList } from '../call/header-list.ts';

type AnyResponseMeta = NonNullable<FetchHandlerRequestOptions<AnyTRPCRouter>['responseMeta']>;

/** The status and headers that `responseMeta` returns. */
type Meta = ReturnType<AnyResponseMeta>;

/** The response to one call, before it is encoded. */
export type ResponseData = Parameters<AnyResponseMeta>[0]['data'][number];

/**
 * Returns headers, and if necessary another status, for a response over RPC, with tRPC's own signature
 * (https://trpc.io/docs/server/caching).
 */
export type ResponseMeta<C extends object> = (
  options: Omit<Parameters<AnyResponseMeta>[0], 'ctx'> & { ctx?: C },
) => Meta;

/** Adds the headers of `responseMeta` to a response in tRPC's way: `Headers` are added, fields of an object replace. */
export function addMetaHeaders(list: HeaderList, headers: Meta['headers']): void {
  if (headers instanceof Headers) {
    for (const [name, value] of headers) list.append(name, value);
    return;
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (typeof value === 'string') list.set(name, value);
    else for (const one of value ?? []) list.append(name, one);
  }
}
