import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** The options of the official client for each revision of the protocol that the server supports. */
export const ERAS: Record<string, ClientOptions> = {
  '2025-11-25': {},
  '2026-07-28': { versionNegotiation: { mode: { pin: '2026-07-28' } } },
};

/** Connects the official client of MCP to a server. @param url the URL of the endpoint. */
export async function connectMcp(
  url: string,
  {
    era = '2026-07-28',
    headers = {},
    fetch,
  }: { era?: string; headers?: Record<string, string>; fetch?: typeof globalThis.fetch } = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, ERAS[era]);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, ...(fetch && { fetch }) }),
  );
  return client;
}
