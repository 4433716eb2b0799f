import { createServer } from 'node:https';
import { createGuardedFetch } from '#server/transport/guarded-fetch';
import { createCertificate } from './certificate.ts';
import { listen } from './listen.ts';
import { REDIRECT } from './oauth-client.ts';

/**
 * Serves metadata documents of clients by https on the host client.example.
 * @param changes the fields of each document that differ from a valid one, by its path; a text is where it redirects to.
 */
export async function serveDocuments(changes: Record<string, object | string>) {
  const { cert, key } = createCertificate(['client.example']);
  const hits: string[] = [];
  const server = createServer({ cert, key }, ({ url = '' }, res) => {
    hits.push(url);
    const change = changes[url];
    if (typeof change === 'string') res.writeHead(302, { location: change }).end();
    else {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(
        JSON.stringify({
          client_id: `https://${host}${url}`,
          client_name: 'Proven client',
          redirect_uris: [REDIRECT],
          grant_types: ['authorization_code', 'refresh_token'],
          ...change,
        }),
      );
    }
  });
  const host = `client.example:${await listen(server)}`;
  return {
    host,
    /** The paths that were requested. */
    hits,
    /** Reaches only this server. */
    fetchMetadata: createGuardedFetch({
      ca: cert,
      allowHosts: [host],
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    }),
    close: () => server.close(),
  };
}
