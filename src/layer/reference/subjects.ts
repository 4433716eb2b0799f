import type { AnyTRPCRouter } from '@trpc/server';
import { proceduresOf } from '../call/compile.ts';
import { CORE_ACTIONS } from '../errors/actions.ts';
import { namedCodesOf } from '../errors/named.ts';
import { describedCoreErrors, type DescribedErrors } from '../errors/schema.ts';
import { type Meta, metaOf } from '../meta.ts';
import type { DescribedAccess, DescribedProcedure, DocumentInfo } from '../openapi/index.ts';
import { errorStatusesOf } from '../openapi/problems.ts';
import { createSemantics, type Semantics } from '../openapi/semantics.ts';
import { type Endpoint, endpointsOf } from '../rest/endpoint.ts';
import type { ListedError } from './blocks.ts';
import type { Wire } from '../rpc/wire.ts';
import type { DocsOptions } from './options.ts';
import { type Permission, permissionOf } from './rules.ts';

/** What the reference describes, besides the procedures. */
export interface ReferenceInfo extends Pick<
  DocumentInfo,
  'title' | 'version' | 'description' | 'tags' | 'features' | 'serverUrl' | 'unnamed'
> {
  /** The path of REST; `null` if REST is disabled. */
  restPath: string | null;
  /** The path of RPC; `null` if RPC is disabled. */
  rpcPath: string | null;
  /** The path of the OpenAPI document; `null` if there is none. */
  openapiPath: string | null;
  /** The path of the reference, as clients see it. */
  path: string;
  access?: DescribedAccess;
  errors?: DescribedErrors;
  docs: DocsOptions;
  /** How RPC writes values. */
  format: Wire['format'];
  /** True if pages can call the API. */
  canTry: boolean;
}

/** A procedure with what pages say of it. */
export interface Subject extends DescribedProcedure {
  meta: Meta;
  /** A phrase that names what it does; `''` if its meta has none. */
  summary: string;
  /** Its operation over REST. */
  endpoint: Endpoint | undefined;
  semantics: Semantics | undefined;
  permission: Permission;
  /** The statuses of its errors, in ascending order. */
  statuses: readonly number[];
  /** Descriptions of some statuses, by the meta. */
  describedStatuses: Readonly<Record<string, string>>;
}

/** Returns all procedures of a router, sorted by their names. */
export function subjectsOf(router: AnyTRPCRouter, info: ReferenceInfo): Subject[] {
  const { unnamed = false, features = {}, restPath, access } = info;
  const endpoints = restPath === null ? [] : endpointsOf(router, { unnamed });
  const byName = new Map(endpoints.map((endpoint) => [endpoint.name, endpoint]));
  const semanticsOf = createSemantics(endpoints, features);
  const subjects = proceduresOf(router).map(([name, procedure]): Subject => {
    const { type } = procedure._def;
    const endpoint = byName.get(name);
    const semantics = endpoint && semanticsOf(endpoint);
    const meta = metaOf(procedure);
    const permission = permissionOf({ name, procedure, type }, access);
    const { errorResponses = [] } = meta.openapi ?? {};
    const described = Array.isArray(errorResponses) ? {} : errorResponses;
    const statuses = new Set([
      ...errorStatusesOf(
        endpoint ?? { type, params: [], takesBody: false, produces: null },
        semantics ?? { statuses: [] },
        permission.isProtected,
      ),
      ...(Array.isArray(errorResponses) ? errorResponses : Object.keys(described).map(Number)),
    ]);
    return {
      ...{ name, procedure, type, meta, endpoint, semantics, permission },
      summary: meta.openapi?.summary ?? meta.mcp?.title ?? '',
      statuses: [...statuses].sort((a, b) => a - b),
      describedStatuses: Object.fromEntries(Object.entries(described)),
    };
  });
  return subjects.sort((a, b) => compare(a.name, b.name));
}

/** Compares names segment by segment, so that a router's own procedures precede those of its routers. */
function compare(one: string, other: string): number {
  const [a, b] = [one.split('.'), other.split('.')];
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left = '', right = ''] = [a[i], b[i]];
    const isLast = Number(i < a.length - 1) - Number(i < b.length - 1);
    if (left !== right) return isLast !== 0 ? isLast : left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** Returns the errors of an API with what to do, by their status. */
export function errorsOf(
  subjects: readonly Subject[],
  { errors = describedCoreErrors }: ReferenceInfo,
): ListedError[] {
  const actions: Readonly<Record<string, string>> = { ...CORE_ACTIONS, ...errors.actions };
  const named = new Set(subjects.flatMap(({ meta }) => namedCodesOf(meta)));
  const all = Object.entries(errors.codes).map(([code, { status, title }]) => {
    return { code, status, title, action: actions[code] ?? '', isNamed: named.has(code) };
  });
  return all.sort((a, b) => a.status - b.status);
}

/** True if a procedure may report an error: if its meta names the code, or no meta does and the statuses match. */
export const mayReport = (
  { meta, statuses }: Pick<Subject, 'meta' | 'statuses'>,
  { code, status, isNamed }: Pick<ListedError, 'code' | 'status' | 'isNamed'>,
): boolean => (isNamed ? namedCodesOf(meta).includes(code) : statuses.includes(status));
