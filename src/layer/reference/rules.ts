import type { oas31 } from 'zod-openapi';
import { isMeta, uploadLimits } from '../meta.ts';
import type { DescribedAccess, DescribedProcedure } from '../openapi/index.ts';
import type { Semantics } from '../openapi/semantics.ts';
import type { Endpoint } from '../rest/endpoint.ts';

/** Who may call a procedure. */
export interface Permission {
  /** Sentences in Markdown. */
  texts: string[];
  /** True if anonymous callers are rejected. */
  isProtected: boolean;
}

/** Returns how a credential of a security scheme is sent, in Markdown. */
export function sentAs(scheme: oas31.SecuritySchemeObject): string {
  if (scheme.type === 'http') {
    const name = scheme.scheme ?? '';
    return `header \`Authorization: ${name.charAt(0).toUpperCase()}${name.slice(1)} …\``;
  }
  if (scheme.in !== undefined) return `${scheme.in} \`${scheme.name ?? ''}\``;
  return scheme.type;
}

/** Returns who may call a procedure, as the application describes it. */
export function permissionOf(procedure: DescribedProcedure, access: DescribedAccess | undefined): Permission {
  const { meta } = procedure.procedure._def;
  if (!access) {
    const protect = isMeta(meta) ? meta.openapi?.protect : undefined;
    if (protect === undefined) return { texts: ['The API does not describe it.'], isProtected: false };
    const text = protect ? 'Authenticated callers.' : 'Anyone, without authentication.';
    return { texts: [text], isProtected: protect };
  }
  const required = access.security(procedure);
  const note = access.note?.(procedure);
  const notes = note === undefined ? [] : [note];
  if (required.length === 0)
    return { texts: ['Anyone, without authentication.', ...notes], isProtected: false };
  const ways = required.map((requirement) =>
    Object.entries(requirement)
      .map(([name, scopes]) => {
        const scheme = access.schemes[name];
        const with_ =
          scopes.length > 0 ? ` with the scope ${scopes.map((one) => `\`${one}\``).join(', ')}` : '';
        return `\`${name}\`${with_}${scheme ? `, as ${sentAs(scheme)}` : ''}`;
      })
      .join(' and '),
  );
  // An empty requirement means that anonymous callers are also allowed.
  const isProtected = ways.every((way) => way !== '');
  const texts = ways.map((way) => (way === '' ? 'Anyone.' : `${way}.`));
  return { texts: [...texts, ...notes], isProtected };
}

/** Returns if a call may be repeated, and how, in Markdown. */
export function repetitionOf(
  { type }: DescribedProcedure,
  endpoint: Endpoint | undefined,
  semantics: Semantics | undefined,
): string[] {
  if (type === 'query') {
    const known = semantics?.statuses.includes(304) ?? false;
    return [
      'Safe: it changes nothing, so it can be repeated at any time.',
      ...(known ? ['Send the `ETag` as `If-None-Match` to get 304 if nothing has changed.'] : []),
    ];
  }
  if (type === 'subscription') {
    const resumes = endpoint?.headers.has('last-event-id') ?? false;
    return [
      'Safe: it changes nothing.',
      resumes
        ? 'Reconnect with the id of the last event to continue there.'
        : 'A new connection starts from the beginning.',
    ];
  }
  const names = new Set((semantics?.parameters ?? []).map((parameter) => parameter.name));
  const method = endpoint?.method;
  const isIdempotent = method === 'PUT' || method === 'DELETE';
  return [
    isIdempotent
      ? 'Idempotent: repeating it has the same effect as one call.'
      : names.has('Idempotency-Key')
        ? 'A repeated call runs again, unless it has an idempotency key.'
        : 'A repeated call runs again.',
    ...(names.has('Idempotency-Key')
      ? [
          'Over REST, send an `Idempotency-Key`: a repeated request with the same key gets the first response.',
        ]
      : []),
    ...(names.has('If-Match')
      ? [
          'Send the `ETag` that you have read as `If-Match`, so that the change fails if the resource has changed since.',
        ]
      : []),
  ];
}

/** Returns the limits of the files of an endpoint, in Markdown. */
export function fileLimitsOf(endpoint: Endpoint | undefined): string[] {
  if (!endpoint?.documented.includes('multipart/form-data')) return [];
  const { file, total } = uploadLimits(endpoint.procedure._def.meta);
  return [`A file has at most ${bytes(file)}, a form with files at most ${bytes(total)}.`];
}

function bytes(count: number): string {
  if (count % 2 ** 20 === 0) return `${count / 2 ** 20} MiB`;
  return count % 1024 === 0 ? `${count / 1024} KiB` : `${count.toLocaleString('en-US')} bytes`;
}
