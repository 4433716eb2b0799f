import type { DocumentInfo } from '#server/surfaces/openapi/index';

const DESCRIPTION = `Every operation is a typed procedure, available here over HTTP with JSON.

**Authentication.** Send \`Authorization: Bearer <API key>\` or the session cookie of the app. A key with the scope \`read\`
can only call operations that do not change data. Create keys in the settings.

**Errors** are \`application/problem+json\` (RFC 9457). Each has a stable \`code\`. \`issues\` lists the invalid fields and how
to fix them. Each response has an \`X-Request-Id\`. To choose the id, send that header.

**Lists** are paginated. Send \`limit\` and \`cursor\` in the query. The response has a \`nextCursor\` and a \`Link\` header with
\`rel="next"\`.

**Answers** are written by the server in the background: chat.send starts one and chat.stream follows it. If the connection
drops, reconnect to resume.`;

/** The general information of the OpenAPI document. */
export const documentInfo: DocumentInfo = {
  title: 'Switchboard',
  version: '0.1.0',
  description: DESCRIPTION,
  license: { name: 'MIT', identifier: 'MIT' },
  tags: {
    users: 'Accounts: your own and, for admins, all others.',
    chat: 'Chats and the answers in them.',
    protected: 'Your private data: sessions, keys, export, audit trail.',
  },
};
