import type { AnyTRPCProcedure } from '@trpc/server';
import { z } from 'zod';
import type { CallLimit, CountedProcedure, Meta as LayerMeta } from '#layer/index';

/**
 * The callers that a procedure accepts: `signed-in` with a session or an API key, `session-only` only with a session,
 * `registered` the same but no guests, `admin` only admins, with either credential.
 */
const Access = z.enum(['anyone', 'signed-in', 'session-only', 'registered', 'admin']);
export type Access = z.output<typeof Access>;

/** The meta of every procedure: the layer's fields, and those that the base procedures (server/procedures.ts) set. */
export type Meta = LayerMeta<{
  access?: Access;
  /** A separate limit of the procedure, in addition to the limit of all calls. It applies on every surface. */
  rateLimit?: CallLimit;
}>;

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
