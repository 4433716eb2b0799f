/** Lists the tools of a server and calls them, by the newest revision that it knows: node agent.ts [url] [legacy] */
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const [url = 'http://127.0.0.1:3000/api/mcp', era] = process.argv.slice(2);

const client = new Client(
  { name: 'agent', version: '1.0.0' },
  { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : 'auto' } },
);
const headers = { authorization: 'Bearer key-of-ada' };
await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }));
console.log(client.getNegotiatedProtocolVersion());

const { tools } = await client.listTools();
for (const { name, annotations } of tools) console.log(name, annotations?.readOnlyHint ? 'reads' : 'writes');

const due = '2026-12-24T18:00:00.000Z';
await client.callTool({ name: 'task_add', arguments: { text: 'Buy a tree', due } });
const { structuredContent } = await client.callTool({ name: 'task_list', arguments: { search: 'tree' } });
console.log(JSON.stringify(structuredContent));

const failed = await client.callTool({ name: 'task_add', arguments: { text: '' } });
console.log(failed.isError, JSON.stringify(failed.content));

await client.close();
