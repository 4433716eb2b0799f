import type { DocumentInfo } from '#server/surfaces/openapi/index';

const DESCRIPTION = `Every call is a typed procedure, reached here over plain HTTP with JSON.

**Who you are.** Send \`Authorization: Bearer <API key>\`, or the session cookie of the app. A key with the scope \`read\`
may call what changes nothing. Keys are made in the settings.

**Errors** are \`application/problem+json\` (RFC 9457). \`code\` tells them apart and does not change; \`issues\` says which
field is wrong and how to fix it. Each answer has an \`X-Request-Id\`; send one to choose it.

**Lists** come in pages: \`limit\` and \`cursor\` in the query, \`nextCursor\` and a \`Link\` header with \`rel="next"\` in the
answer.

**Answers** are written by the server: chat.send begins one, chat.stream follows it, also after the connection was cut.`;

/** What the OpenAPI document says of the API as a whole. */
export const documentInfo: DocumentInfo = {
  title: 'Switchboard',
  version: '0.1.0',
  description: DESCRIPTION,
  license: { name: 'MIT', identifier: 'MIT' },
  tags: {
    users: 'Accounts: your own, and for admins everybody’s.',
    chat: 'Conversations, and the answers being written in them.',
    protected: 'What only you may see and do: sessions, keys, export, audit trail.',
  },
};
