import type { oas31 } from 'zod-openapi';
import type { Access } from '#server/meta';
import type { Endpoint } from '#server/surfaces/rest/endpoint';

/** The ways to say who calls. */
export const SECURITY_SCHEMES: Record<string, oas31.SecuritySchemeObject> = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'better-auth.session_token',
    description: 'The session of someone who signed in; over https the name starts with `__Secure-`.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key. Operations name the scope it needs; a key with the scope `write` may do what one with `read` may.',
  },
};

const SESSION = { session: [] };

/** What an operation asks for; each of the requirements is enough by itself. Tools take the first for their samples. */
export function securityOf({ access, type }: Endpoint): oas31.SecurityRequirementObject[] {
  if (access === 'anyone') return [];
  if (access === 'in-person' || access === 'registered') return [SESSION];
  return [{ apiKey: [type === 'mutation' ? 'write' : 'read'] }, SESSION];
}

/** What no security scheme can say of who may call. */
export const ACCESS_NOTES: Partial<Record<Access, string>> = {
  'in-person': 'Needs a session: API keys are refused.',
  registered: 'Needs the session of an account: API keys and guests are refused.',
  admin: 'For admins.',
};
