import type { AnyTRPCProcedure, TRPCProcedureType } from '@trpc/server';
import { z } from 'zod';
import type { CallLimit, CountedProcedure, Meta as LayerMeta } from '#layer/index';
import type { ErrorCode } from '#contract/errors';
import type { OauthScope } from '#contract/oauth';
import { AppError } from './errors.ts';
import type { Actor } from './people/actor.ts';

/**
 * The callers that a procedure accepts: `signed-in` with a session or an API key, `session-only` only with a session,
 * `registered` the same but no guests, `admin` only admins, with either credential.
 */
const Access = z.enum(['anyone', 'signed-in', 'session-only', 'registered', 'admin']);
export type Access = z.output<typeof Access>;

/** The meta of every procedure: the layer's fields, and those that the base procedures (server/procedures.ts) set. */
export type Meta = LayerMeta<{
  access?: Access;
  errors?: readonly ErrorCode[];
  /** A separate limit of the procedure, in addition to the limit of all calls. It applies on every surface. */
  rateLimit?: CallLimit;
}>;

/** The part of an actor that decides which procedures it may call. */
export type Caller = Pick<Actor, 'role' | 'isGuest' | 'via'>;

/** The reason why a caller may not call a procedure. */
export type Denial = 'read-only-key' | 'scope' | 'program' | 'guest' | 'no-admin';

/** The detail of the error of each denial. */
export const DENIALS: Record<Denial, string> = {
  'read-only-key': 'This API key can only read. Use one with the scope "write".',
  scope: 'The connected program was not given this permission.',
  program: 'An API key or a connected program may not do this. Sign in instead.',
  guest: 'A guest may not do this. Sign up first.',
  'no-admin': 'Only an admin may do this.',
};

const ACCEPTS_PROGRAMS: Record<Access, boolean> = {
  anyone: true,
  'signed-in': true,
  'session-only': false,
  registered: false,
  admin: true,
};

/** True if procedures with this access accept API keys and connected programs. */
export const acceptsPrograms = (access: Access): boolean => ACCEPTS_PROGRAMS[access];

/** Returns the scope for all calls like this one: `write` for what changes something, otherwise `read`. */
export const scopeFor = (type: TRPCProcedureType): 'read' | 'write' =>
  type === 'mutation' ? 'write' : 'read';

/** True if scopes include a call: by all procedures or by those of its router. `write` includes `read`. */
function includesScope(scopes: readonly OauthScope[], name: string, type: TRPCProcedureType): boolean {
  const [router = ''] = name.split('.');
  const accepted = scopeFor(type) === 'write' ? ['write'] : ['read', 'write'];
  return accepted.some((scope) => scopes.some((given) => given === scope || given === `${router}:${scope}`));
}

/** Returns why an authenticated caller may not call a procedure; `null` if it may. */
export function denialOf(
  { name, access }: Pick<AdmissionRule, 'name' | 'access'>,
  type: TRPCProcedureType,
  caller: Caller,
): Denial | null {
  if (access === 'anyone') return null;
  const { via, isGuest, role } = caller;
  if (type === 'mutation' && via.kind === 'api-key' && via.scope === 'read') return 'read-only-key';
  if (via.kind !== 'session' && !acceptsPrograms(access)) return 'program';
  if (via.kind === 'oauth' && !includesScope(via.scopes, name, type)) return 'scope';
  switch (access) {
    case 'signed-in':
    case 'session-only':
      return null;
    case 'registered':
      return isGuest ? 'guest' : null;
    case 'admin':
      return role === 'admin' ? null : 'no-admin';
  }
}

/**
 * Checks that an authenticated caller may call a procedure.
 * @throws {AppError} FORBIDDEN
 */
export function requirePermission(
  rule: Pick<AdmissionRule, 'name' | 'access'>,
  type: TRPCProcedureType,
  caller: Caller,
): void {
  const denial = denialOf(rule, type, caller);
  if (denial) throw new AppError('FORBIDDEN', { detail: DENIALS[denial] });
}

const AdmissionMeta = z.object({
  access: Access.optional(),
  rateLimit: z.object({ calls: z.int(), seconds: z.number() }).optional(),
  openapi: z.object({ protect: z.boolean().optional() }).optional(),
});

/** The access and the rate limit of a procedure. */
export interface AdmissionRule extends CountedProcedure {
  /** If the meta has no `access`, REST requires callers to be signed in, unless `openapi.protect` is false. */
  access: Access;
  /** True if the procedure itself rejects anonymous callers. */
  needsActor: boolean;
}

const rules = new WeakMap<AnyTRPCProcedure, AdmissionRule>();

/**
 * Returns the access and the rate limit of a procedure from its meta. A meta of another shape is ignored.
 * @param name the path of the procedure in its router.
 */
export function admissionRule(name: string, procedure: AnyTRPCProcedure): AdmissionRule {
  const known = rules.get(procedure);
  if (known) return known;
  const { access, rateLimit, openapi } = AdmissionMeta.safeParse(procedure._def.meta).data ?? {};
  const byDefault = !openapi || openapi.protect === false ? 'anyone' : 'signed-in';
  const needsActor = access !== undefined && access !== 'anyone';
  const rule = { name, rateLimit, access: access ?? byDefault, needsActor };
  rules.set(procedure, rule);
  return rule;
}
