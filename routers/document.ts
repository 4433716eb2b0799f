import { describedErrors } from '#contract/problem';
import type { DescribedAccess, DocumentInfo } from '#layer/index';
import { type Access, acceptsPrograms, admissionRule } from '#server/access';
import { PRODUCT } from '#contract/product';

const DESCRIPTION = `Every operation is a typed procedure, available here over HTTP with JSON.

**Authentication.** Send \`Authorization: Bearer <API key>\` or the session cookie of the app. A key with the scope \`read\`
can only call operations that do not change data. Create keys in the settings.

**Errors** are \`application/problem+json\` (RFC 9457). Each has a stable \`code\`. \`issues\` lists the invalid fields and how
to fix them. Each response has an \`X-Request-Id\`. To choose the id, send that header.

**Lists** are paginated. Send \`limit\` and \`cursor\` in the query. The response has a \`nextCursor\` and a \`Link\` header with
\`rel="next"\`.

**Answers** are written by the server in the background: chat.send starts one and chat.stream follows it. If the connection
drops, reconnect to resume. chat.ask starts one and waits for it.`;

const SESSION = { session: [] };

/** Restrictions that a security scheme cannot express. */
const ACCESS_NOTES: Partial<Record<Access, string>> = {
  'session-only': 'Needs a session. API keys are rejected.',
  registered: 'Needs the session of an account. API keys and guests are rejected.',
  admin: 'Only for admins.',
};

/** The security schemes, and the requirements of each procedure. */
const documentAccess: DescribedAccess = {
  schemes: {
    session: {
      type: 'apiKey',
      in: 'cookie',
      name: 'better-auth.session_token',
      description: 'The session cookie, set by a sign-in. Over https, its name starts with `__Secure-`.',
    },
    apiKey: {
      type: 'http',
      scheme: 'bearer',
      description:
        'An API key. Each operation names the scope it needs. A key with the scope `write` also has the scope `read`.',
    },
  },
  security({ name, procedure, type }) {
    const { access } = admissionRule(name, procedure);
    if (access === 'anyone') return [];
    if (!acceptsPrograms(access)) return [SESSION];
    return [{ apiKey: [type === 'mutation' ? 'write' : 'read'] }, SESSION];
  },
  note: ({ name, procedure }) => ACCESS_NOTES[admissionRule(name, procedure).access],
};

/** The general information of the OpenAPI document. */
export const documentInfo: DocumentInfo = {
  title: PRODUCT.name,
  version: '0.1.0',
  description: DESCRIPTION,
  license: { name: 'MIT', identifier: 'MIT' },
  errors: describedErrors,
  features: { idempotency: true, rateLimits: true },
  access: documentAccess,
  tags: {
    users: 'Accounts: your own and, for admins, all others.',
    chat: 'Chats and the answers in them.',
    protected: 'Your private data: sessions, keys, export, audit trail.',
  },
};
