import type { AnyTRPCProcedure } from '@trpc/server';
import { z } from 'zod';
import type { CallLimit, CountedProcedure, Meta as LayerMeta } from '#layer/index';

/**
 * Who may call a procedure: `signed-in` by a session or an API key, `session-only` by a session only, `registered` likewise
 * and no guest, `admin` an admin by either.
 */
const Access = z.enum(['anyone', 'signed-in', 'session-only', 'registered', 'admin']);
export type Access = z.output<typeof Access>;

/** The meta of every procedure: the layer's, and what the base procedures of server/procedures.ts say of who may call. */
export type Meta = LayerMeta<{
  access?: Access;
  /** A limit of the procedure's own, beside that of all calls; it holds on every surface. */
  rateLimit?: CallLimit;
}>;

const AdmissionMeta = z.object({
  access: Access.optional(),
  rateLimit: z.object({ calls: z.int(), seconds: z.number() }).optional(),
  openapi: z.object({ protect: z.boolean().optional() }).optional(),
});

/** What the meta of a procedure says about who may call it, and how often. */
export interface AdmissionRule extends CountedProcedure {
  /** Without `access` in the meta, REST serves a procedure to callers who are signed in, unless `openapi.protect` is false. */
  access: Access;
  /** True if the procedure rejects anonymous callers by itself, whatever they send. */
  needsActor: boolean;
}

const rules = new WeakMap<AnyTRPCProcedure, AdmissionRule>();

/**
 * Returns what the meta of a procedure says about who may call it, and how often. A meta of another shape says nothing.
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
