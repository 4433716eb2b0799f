import { z } from 'zod';
import { Id, line, page, paging } from '#contract/common';
import { redirectProblem } from '#contract/redirect-uri';

/** The routers that a scope can name. */
export const SCOPED_ROUTERS = ['chat', 'protected', 'users'] as const;

/** The scopes that a person can give to a client: for all procedures, or for those of one router. */
export const OauthScope = z
  .enum(['read', 'write', ...SCOPED_ROUTERS.flatMap((name) => [`${name}:read`, `${name}:write`] as const)])
  .meta({
    id: 'OauthScope',
    description:
      'What a connected client may do. `write` includes `read`; `chat:read` is for one router only.',
  });
export type OauthScope = z.output<typeof OauthScope>;

/** The scope of a client that may renew its access without the person. */
export const OFFLINE_ACCESS = 'offline_access';

export const ConnectedClient = z
  .object({
    id: Id,
    name: z.string().meta({ description: 'The name that the client gives itself.', examples: ['Claude'] }),
    host: z
      .string()
      .nullable()
      .meta({
        description:
          'The host whose control the client has proven, by its metadata document. null if its name is only a claim.',
        examples: ['claude.ai'],
      }),
    scopes: z.array(OauthScope),
    lastUsedAt: z.date().nullable().meta({ description: 'null if it has not called anything yet.' }),
    createdAt: z.date().meta({ description: 'When you connected it.' }),
  })
  .meta({ id: 'ConnectedClient', description: 'A program that may act for you over MCP.' });
export const ConnectedClientList = z.strictObject(paging);
export const ConnectedClients = page(ConnectedClient).meta({
  id: 'ConnectedClients',
  description: 'The programs that you have connected, oldest first.',
});

export const RedirectUri = z
  .url({ abort: true, error: 'must be a whole URI, such as https://client.example/callback' })
  .max(1000)
  .superRefine((uri, issues) => {
    const message = redirectProblem(uri);
    if (message !== null) issues.addIssue({ code: 'custom', message });
  })
  .meta({
    description:
      'Where the program receives its access: an https URL, http on a loopback address (any port matches), or a scheme of an application. It must be exactly what the program sends.',
    examples: ['http://127.0.0.1:33418/callback'],
  });

export const RegisteredClientCreate = z.strictObject({
  name: line(100).meta({ description: 'The name that the page of consents shows.', examples: ['My agent'] }),
  redirectUris: z.array(RedirectUri).min(1).max(10),
  hasSecret: z.boolean().default(false).meta({
    description:
      'True for a program that can keep a secret, because it runs on a server. Others use only PKCE, which all must use.',
  }),
});
export const RegisteredClient = z
  .object({
    id: Id.meta({ description: 'The `client_id` of the program.' }),
    name: z.string(),
    redirectUris: z.array(z.string()),
    hasSecret: z.boolean(),
    createdAt: z.date(),
  })
  .meta({
    id: 'RegisteredClient',
    description: 'A program that you have registered, so that it can be connected.',
  });
export const RegisteredClientCreated = RegisteredClient.extend({
  secret: z
    .string()
    .nullable()
    .meta({ description: 'The `client_secret`. This is the only time it is returned.', examples: [null] }),
}).meta({ id: 'RegisteredClientCreated' });
export const RegisteredClientList = z.strictObject(paging);
export const RegisteredClients = page(RegisteredClient).meta({
  id: 'RegisteredClients',
  description: 'The programs that you have registered, oldest first.',
});

export const ClientRequestGet = z.strictObject({
  query: z
    .string()
    .max(10_000)
    .meta({ description: 'The query of the page that the program has opened.', examples: ['client_id=abc'] }),
});
export const ClientRequest = z
  .object({
    name: z.string().meta({ description: 'The name that the program gives itself.', examples: ['Claude'] }),
    host: z
      .string()
      .nullable()
      .meta({
        description: 'The host whose control the program has proven. null if its name is only a claim.',
        examples: ['claude.ai'],
      }),
    redirectTo: z.string().meta({
      description: 'The host, or the scheme of an application, to which the access is sent.',
      examples: ['claude.ai'],
    }),
    isThisComputer: z
      .boolean()
      .meta({ description: 'True if a program on the person’s own computer gets it.' }),
    scopes: z.array(OauthScope).meta({ description: 'What the program asks for.' }),
  })
  .meta({ id: 'ClientRequest', description: 'A program that asks a person for access.' });
