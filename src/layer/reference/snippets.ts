import { metaOf } from '../meta.ts';
import { isTool, toolNameOf } from '../tool-name.ts';
import type { Snippet } from './blocks.ts';
import { accessOf, javaScriptOf, pythonOf } from './literals.ts';
import { type ExampleRequest, requestOf } from './request.ts';
import { restTargetOf } from './rest-target.ts';
import type { ReferenceInfo, Subject } from './subjects.ts';
import type { TypedValue } from './typed-json.ts';

type Input = Readonly<Record<string, unknown>>;

/** The origin of the examples, if the API has no public one. */
const ORIGIN = 'http://localhost:3000';

/** How an example authenticates: by a token, by the cookies of a browser, or not at all. */
type Credential = { kind: 'token' } | { kind: 'cookie'; name: string } | { kind: 'none' };

/** The input of the calls on a page. */
export interface ExampleInput {
  /** The input without its files; `undefined` if the procedure takes none. */
  example: unknown;
  /** The types of its values, to write it as JavaScript. */
  typed: readonly TypedValue[];
  /** True if a part of it can be a file, which only forms carry. */
  takesFiles: boolean;
  /** The names of the fields with files. */
  files: readonly string[];
}

/** Returns the call of a procedure by each of its callers, all with the same input. */
export function snippetsOf(
  subject: Subject,
  info: ReferenceInfo,
  { example, typed, takesFiles, files }: ExampleInput,
): Snippet[] {
  const { name, procedure, endpoint } = subject;
  const { serverUrl = ORIGIN, restPath, rpcPath, docs } = info;
  const input: Input = typeof example === 'object' && example !== null ? { ...example } : {};
  const credential = credentialOf(subject, info);
  const argument = example === undefined ? '' : javaScriptOf(example, typed);
  const rest =
    endpoint && restPath !== null ? requestOf(restTargetOf(endpoint, serverUrl + restPath), input) : null;
  const isOffered = isTool(procedure) && !takesFiles && (docs.mcp?.offers?.(subject) ?? true);
  return [
    ...(rpcPath === null || takesFiles ? [] : rpcSnippets(subject, argument)),
    ...(endpoint && docs.sdk && !takesFiles ? [sdkSnippet(subject, input, info)] : []),
    ...(rest ? restSnippets(subject, { ...rest, files }, credential) : []),
    ...(docs.mcp && isOffered
      ? toolSnippets(serverUrl + docs.mcp.path, toolNameOf(name, metaOf(procedure)), input, credential)
      : []),
  ];
}

function credentialOf({ permission, ...subject }: Subject, { access }: ReferenceInfo): Credential {
  if (!permission.isProtected || !access) return { kind: 'none' };
  const schemes = access.security(subject).flatMap((requirement) => {
    return Object.keys(requirement).flatMap((name) => access.schemes[name] ?? []);
  });
  const cookie = schemes.find((scheme) => scheme.in === 'cookie');
  const takesToken = schemes.some((scheme) => scheme.in !== 'cookie');
  return cookie && !takesToken ? { kind: 'cookie', name: cookie.name ?? '' } : { kind: 'token' };
}

const HOOKS = { query: 'useQuery', mutation: 'useMutation', subscription: 'useSubscription' } as const;
const METHODS = { query: 'query', mutation: 'mutate', subscription: 'subscribe' } as const;

/** Returns the calls of clients of tRPC and of server components. */
function rpcSnippets({ name, type }: Subject, argument: string): Snippet[] {
  const access = accessOf(name.split('.'));
  const hook = `trpc${access}.${HOOKS[type]}`;
  const callback = '{ onData: (event) => console.log(event) }';
  const listened = argument === '' ? `undefined, ${callback}` : `${argument}, ${callback}`;
  const hooks = {
    query: `const { data, error } = ${hook}(${argument});`,
    mutation: `const { mutate, data, error } = ${hook}();\n\nmutate(${argument});`,
    subscription: `${hook}(${listened});`,
  };
  const call = `client${access}.${METHODS[type]}`;
  const events = `for await (const event of await caller${access}(${argument})) console.log(event);`;
  return [
    { id: 'react', title: 'React', language: 'tsx', code: hooks[type] },
    {
      id: 'server',
      title: 'Server',
      language: 'ts',
      code: type === 'subscription' ? events : `const output = await caller${access}(${argument});`,
    },
    {
      id: 'trpc',
      title: 'tRPC',
      language: 'ts',
      code: type === 'subscription' ? `${call}(${listened});` : `const output = await ${call}(${argument});`,
    },
  ];
}

/** Returns the call of a generated client, whose methods take the parameters of the path, then the other fields. */
function sdkSnippet({ name, type, endpoint, meta }: Subject, input: Input, { docs }: ReferenceInfo): Snippet {
  const { resources = {}, variable = 'client' } = docs.sdk ?? {};
  const words = (meta.openapi?.operationId ?? name).split('.').map((word) => resources[word] ?? word);
  const params = endpoint?.params ?? [];
  const others = Object.entries(input).filter(([field]) => !params.includes(field));
  const values = params.map((param) => javaScriptOf(input[param]));
  if (others.length > 0) values.push(javaScriptOf(Object.fromEntries(others)));
  const call = `${variable}${accessOf(words)}(${values.join(', ')})`;
  const code =
    type === 'subscription'
      ? `for await (const event of ${call}) console.log(event);`
      : `const output = await ${call};`;
  return { id: 'sdk', title: 'SDK', language: 'ts', code };
}

/** A request with the names of its files. */
type SentRequest = ExampleRequest & { files: readonly string[] };

const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function restSnippets({ type }: Subject, request: SentRequest, credential: Credential): Snippet[] {
  const isStream = type === 'subscription';
  return [
    { id: 'curl', title: 'curl', language: 'sh', code: curl(request, credential, isStream) },
    { id: 'fetch', title: 'fetch', language: 'ts', code: fetchCode(request, credential, isStream) },
    ...(request.isForm
      ? []
      : [{ id: 'python', title: 'Python', language: 'python', code: python(request, credential, isStream) }]),
  ];
}

/** Returns the options of curl that send a credential. */
function curlCredential(credential: Credential): string[] {
  if (credential.kind === 'token') return ['-H "Authorization: Bearer $TOKEN"'];
  return credential.kind === 'cookie' ? [`-b "${credential.name}=$COOKIE"`] : [];
}

function curl(
  { method, url, body, isForm, files }: SentRequest,
  credential: Credential,
  isStream: boolean,
): string {
  const fields = Object.entries(body ?? {}).map(
    ([name, value]) =>
      `-F ${shellQuoted(`${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)}`,
  );
  const sent = isForm
    ? [...fields, ...files.map((name) => `-F ${shellQuoted(`${name}=@file.bin`)}`)]
    : body === null
      ? []
      : [`-H 'Content-Type: application/json'`, `-d ${shellQuoted(JSON.stringify(body))}`];
  const options = [...(isStream ? ['-N'] : []), ...(method === 'GET' ? [] : [`-X ${method}`])];
  const first = ['curl', ...options, shellQuoted(url)].join(' ');
  return [first, ...curlCredential(credential), ...sent].join(' \\\n  ');
}

function fetchCode(
  { method, url, body, isForm, files }: SentRequest,
  credential: Credential,
  isStream: boolean,
): string {
  const headers = [
    ...(credential.kind === 'token' ? ['authorization: `Bearer ${token}`'] : []),
    ...(body !== null && !isForm ? [`'content-type': 'application/json'`] : []),
  ];
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(headers.length > 0 ? [`headers: { ${headers.join(', ')} }`] : []),
    ...(credential.kind === 'cookie' ? [`credentials: 'include'`] : []),
    ...(isForm ? ['body: form'] : body === null ? [] : [`body: JSON.stringify(${javaScriptOf(body)})`]),
  ];
  const form = isForm
    ? [
        'const form = new FormData();',
        ...Object.entries(body ?? {}).map(
          ([name, value]) =>
            `form.append(${javaScriptOf(name)}, ${javaScriptOf(typeof value === 'string' ? value : JSON.stringify(value))});`,
        ),
        ...files.map((name) => `form.append(${javaScriptOf(name)}, file);`),
      ]
    : [];
  const lines = options.map((option) => `  ${option.replaceAll('\n', '\n  ')},\n`);
  const argument = options.length === 0 ? '' : `, {\n${lines.join('')}}`;
  return [
    ...form,
    `const response = await fetch(${javaScriptOf(url)}${argument});`,
    ...(isStream
      ? ['for await (const text of response.body.pipeThrough(new TextDecoderStream())) console.log(text);']
      : ['const output = response.status === 204 ? undefined : await response.json();']),
  ].join('\n');
}

function python({ method, url, body }: SentRequest, credential: Credential, isStream: boolean): string {
  const headers = [
    ...(credential.kind === 'token' ? [`"Authorization": f"Bearer {os.environ['TOKEN']}"`] : []),
    ...(credential.kind === 'cookie' ? [`"Cookie": f"${credential.name}={os.environ['COOKIE']}"`] : []),
    ...(body === null ? [] : ['"Content-Type": "application/json"']),
  ];
  const options = [
    JSON.stringify(url),
    ...(method === 'GET' ? [] : [`method="${method}"`]),
    ...(headers.length > 0 ? [`headers={${headers.join(', ')}}`] : []),
    ...(body === null ? [] : [`data=json.dumps(${pythonOf(body)}).encode()`]),
  ];
  return [
    'import json',
    ...(credential.kind === 'none' ? [] : ['import os']),
    'import urllib.request',
    '',
    'request = urllib.request.Request(',
    ...options.map((option) => `    ${option.replaceAll('\n', '\n    ')},`),
    ')',
    'with urllib.request.urlopen(request) as response:',
    ...(isStream
      ? ['    for line in response:', '        print(line.decode(), end="")']
      : ['    text = response.read()', '    output = json.loads(text) if text else None']),
  ].join('\n');
}

/** Returns the calls of a tool: by the AI SDK, and as the HTTP request that clients of MCP send. */
function toolSnippets(url: string, name: string, input: Input, credential: Credential): Snippet[] {
  const headers = credential.kind === 'token' ? ['headers: { authorization: `Bearer ${token}` }'] : [];
  const transport = [`type: 'http'`, `url: ${javaScriptOf(url)}`, ...headers];
  const called = javaScriptOf({ name, arguments: input });
  const aiSdk = [
    '// createMCPClient is in @ai-sdk/mcp. For a model that calls tools, pass `await mcp.tools()` to generateText.',
    'const mcp = await createMCPClient({',
    `  transport: {\n${transport.map((option) => `    ${option},\n`).join('')}  },`,
    '});',
    `const { structuredContent: output } = await mcp.callTool(${called});`,
    'await mcp.close();',
  ].join('\n');
  return [
    { id: 'ai-sdk', title: 'AI SDK', language: 'ts', code: aiSdk },
    mcpSnippet(url, name, input, credential),
  ];
}

function mcpSnippet(url: string, name: string, input: Input, credential: Credential): Snippet {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: input } };
  const code = [
    `curl ${shellQuoted(url)}`,
    ...curlCredential(credential),
    `-H 'Content-Type: application/json'`,
    `-H 'Accept: application/json, text/event-stream'`,
    `-d ${shellQuoted(JSON.stringify(message))}`,
  ].join(' \\\n  ');
  return { id: 'mcp', title: 'MCP', language: 'sh', code };
}
