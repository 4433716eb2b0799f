import { toCase } from '@hey-api/openapi-ts';
import { z } from 'zod/v4';
import { deprecationText } from '../../deprecation.ts';
import { type Document, type Method, PLACEHOLDER } from './operations.ts';

/** The names in a generated client. */
export interface ClientNames {
  /** The name of its class, such as `Acme`. The names of its error class and options begin with it: `AcmeError`. */
  name: string;
  /** The first line of each file, such as a comment that the file is generated. */
  header: string;
  /** The prefix of API keys, such as `acme_`. Default: keys may have any form. */
  keyPrefix?: string;
  /** The names of resources in the client, by their name in the operationId, if the names differ. */
  resources?: Readonly<Record<string, string>>;
}

/** The fields that problem documents of every API have. Other fields are the API's own. */
const COMMON_FIELDS = new Set([
  'type',
  'title',
  'status',
  'detail',
  'code',
  'retryable',
  'requestId',
  'issues',
  'retryAfter',
]);

/** A resource of the API, with its methods and its child resources. */
interface Resource {
  path: string[];
  methods: Method[];
  children: Map<string, Resource>;
}

/** Returns the source of the classes with a method for each operation. */
export function operationsSource(
  document: Document,
  methods: readonly Method[],
  { header }: ClientNames,
): string {
  const root: Resource = { path: [], methods: [], children: new Map() };
  for (const method of methods) {
    let resource = root;
    for (const word of method.path.slice(0, -1)) {
      const next = resource.children.get(word) ?? {
        path: [...resource.path, word],
        methods: [],
        children: new Map(),
      };
      resource.children.set(word, next);
      resource = next;
    }
    resource.methods.push(method);
  }
  const { pathname } = new URL(document.servers[0].url, 'http://localhost');
  const classes = classesOf(root, document).join('\n\n');
  const imports = Object.entries(IMPORTS).flatMap(([module, names]) => {
    const used = names.filter((name) => new RegExp(`\\b${name.replace('type ', '')}\\b`).test(classes));
    return used.length > 0 ? `import { ${used.join(', ')} } from '${module}';` : [];
  });
  return `${header}

${imports.join('\n')}
import type * as Types from './types.gen.ts';

/** The path of the API below the server's URL. */
export const API_PATH = '${pathname}';

${classes}
`;
}

/** The imports that the generated methods may need. */
const IMPORTS = {
  './core.ts': ['type Core', 'type EventData', 'type ServerEvent'],
  './input.ts': ['type Input', 'path'],
  './resource.ts': ['Resource'],
  './options.ts': ['type CallOptions'],
  './pages.ts': ['type Pages'],
};

const className = ({ path }: Resource) =>
  path.length === 0 ? 'Api' : `${toCase(path.join('.'), 'PascalCase')}Api`;

/** Returns the classes of the child resources, followed by the class of the resource itself. */
function classesOf(resource: Resource, document: Document): string[] {
  const below = [...resource.children.entries()];
  const tag = document.tags.find(({ name }) =>
    resource.methods.some(({ operationId }) => operationId.startsWith(`${name}.`)),
  );
  const fields = below.map(([word, inner]) => `  readonly ${memberName(word)}: ${className(inner)};`);
  const assignments = below.map(([word, inner]) => `    ${memberOf(word)} = new ${className(inner)}(core);`);
  const constructor = ['  constructor(core: Core) {', '    super(core);', ...assignments, '  }'];
  const members = [
    ...(below.length > 0 ? [[...fields].join('\n'), constructor.join('\n')] : []),
    ...resource.methods.map(methodSource),
  ];
  const doc = resource.path.length === 1 && tag?.description ? `${comment([tag.description], '')}\n` : '';
  return [
    ...below.flatMap(([, inner]) => classesOf(inner, document)),
    `${doc}export class ${className(resource)} extends Resource {\n${members.join('\n\n')}\n}`,
  ];
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** Returns the name of a class member, quoted if it is not an identifier. */
const memberName = (word: string) => (IDENTIFIER.test(word) ? word : `'${word}'`);
const memberOf = (word: string) => (IDENTIFIER.test(word) ? `this.${word}` : `this['${word}']`);

/** Returns the name of an argument for a path parameter. */
const argumentName = (param: string) => (IDENTIFIER.test(param) ? param : toCase(param, 'camelCase'));

function methodSource(method: Method): string {
  const { params, typeName, fields, result, httpMethod } = method;
  const data = `Types.${typeName}Data`;
  const takes = fields.query.length + fields.headers.length + fields.body.length > 0;
  const parameters = [
    ...params.map((name) => `${argumentName(name)}: ${data}['path']['${name}']`),
    ...(takes ? [`input: Input<${data}>${fields.required ? '' : ' = {}'}`] : []),
    'options?: CallOptions',
  ];
  const filled = method.url.replaceAll(PLACEHOLDER, (_, name: string) => `\${${argumentName(name)}}`);
  const url = `path\`${filled}\``;
  const takesBody = httpMethod !== 'GET' && httpMethod !== 'DELETE';
  const list = (names: string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
  const operation = [
    `method: '${httpMethod}'`,
    `path: ${params.length > 0 ? url : `'${method.url}'`}`,
    ...(takes ? ['input'] : []),
    ...(takesBody && fields.query.length > 0 ? [`query: ${list(fields.query)}`] : []),
    ...(fields.headers.length > 0 ? [`headers: ${list(fields.headers)}`] : []),
    ...(method.form ? ['form: true'] : []),
    ...(method.named ? ['named: true'] : []),
  ];
  const returnType = {
    call: `Promise<${result.type}>`,
    pages: `Pages<${result.type}>`,
    events: `AsyncGenerator<ServerEvent<${result.type}>, void, void>`,
  }[result.kind];
  return `${docOf(method)}
  ${memberName(method.path.at(-1) ?? '')}(${parameters.join(', ')}): ${returnType} {
    return this._core.${result.kind}({ ${operation.join(', ')} }, options);
  }`;
}

function docOf({ summary, description, httpMethod, url, deprecation }: Method): string {
  const sentence = summary && !/[.!?]$/.test(summary) ? `${summary}.` : summary;
  const paragraphs = [sentence, description, `\`${httpMethod} ${url}\``].filter(Boolean);
  const end = deprecation ? [`@deprecated ${deprecationText(deprecation)}`.trim()] : [];
  return comment([paragraphs.join('\n\n'), ...end], '  ');
}

function comment(paragraphs: string[], indent: string): string {
  const lines = paragraphs.join('\n').replaceAll('*/', '*\\/').split('\n');
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join('\n');
}

const Problem = z.looseObject({
  properties: z.looseObject({ code: z.object({ enum: z.array(z.string()) }) }),
});

/** Returns the name of the class for an error code, such as `NotFoundError` for NOT_FOUND. */
export const errorName = (code: string) => `${toCase(code, 'PascalCase').replace(/Error$/, '')}Error`;

/** Returns every error code of a document, with its meaning and HTTP status, or `''` if the document has none. */
export function errorCodes(document: Document): { code: string; meaning: string; status: string }[] {
  const { code } = Problem.parse(document.components.schemas['Problem']).properties;
  const responses = Object.entries(document.components.responses);
  return code.enum.map((name) => {
    for (const [key, { description }] of responses) {
      const meaning = new RegExp(`\`${name}\`: ([^.\`]+)`).exec(description)?.[1];
      if (meaning) return { code: name, meaning, status: /\d{3}/.exec(key)?.[0] ?? '' };
    }
    return { code: name, meaning: '', status: '' };
  });
}

/** Returns the source of the error classes, one for each code. */
export function errorsSource(document: Document, { name, header }: ClientNames): string {
  const codes = errorCodes(document);
  const classes = codes.map(({ code, meaning, status }) => {
    const about = [meaning && `${meaning}.`, status && `Status ${status}.`].filter(Boolean).join(' ');
    return `${comment([[about, `\`${code}\``].filter(Boolean).join('\n\n')], '')}
export class ${errorName(code)} extends ${name}Error {
  override readonly name = '${errorName(code)}';
}`;
  });
  const entries = codes.map(({ code }) => `    ['${code}', ${errorName(code)}],`);
  return `${header}

import { ${name}Error } from './error.ts';
import type { ErrorCatalog } from './problem.ts';
import type { Problem } from './types.gen.ts';

/** A code of the server's error catalog. */
export type ErrorCode = Problem['code'];

${classes.join('\n\n')}

export const ERRORS: ErrorCatalog = {
  classes: new Map<string, typeof ${name}Error>([
${entries.join('\n')}
  ]),
  fields: [${ownFields(document)
    .map(([field]) => `'${field}'`)
    .join(', ')}],
};
`;
}

const Field = z.looseObject({ type: z.string().optional(), description: z.string().optional() });
const TYPES: Record<string, string> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
};

/** Returns the fields of problem documents that are the API's own. */
function ownFields(document: Document): [name: string, schema: unknown][] {
  const { properties } = Problem.parse(document.components.schemas['Problem']);
  return Object.entries(properties).filter(([field]) => !COMMON_FIELDS.has(field));
}

/** Matches the line of the runtime to replace with the declarations of the API's own error fields. */
const FIELDS_MARK = /^ *\/\/ The generator declares the API's own fields here\.\n/m;

/**
 * Returns a file of the runtime for a client: with the client's names and the API's own error fields.
 * @param text its source in `src/layer/sdk/`.
 */
export function runtimeSource(text: string, document: Document, { name, header }: ClientNames): string {
  const declarations = ownFields(document).map(([field, schema]) => {
    const { type = '', description } = Field.parse(schema);
    const doc = description === undefined ? '' : `${comment([description], '  ')}\n`;
    return `${doc}  declare readonly ${field}: ${TYPES[type] ?? 'unknown'} | undefined;\n`;
  });
  const named = text.replaceAll('SdkError', `${name}Error`).replaceAll('SdkOptions', `${name}Options`);
  return `${header}\n\n${named.replace(FIELDS_MARK, () => declarations.join(''))}`;
}

/** Returns the source of the client's class. */
export function clientSource({ name, header, keyPrefix = '' }: ClientNames): string {
  return `${header}

import { Core } from './core.ts';
import { ERRORS } from './errors.gen.ts';
import { Api, API_PATH } from './operations.gen.ts';
import type { ${name}Options } from './options.ts';

/** The client of the API: a property for each resource, with a method for each operation. */
export class ${name} extends Api {
  /**
   * @throws {TypeError} if there is neither a \`baseUrl\` nor a page with an origin, or if \`apiKey\` has the wrong format.
   */
  constructor(options: ${name}Options = {}) {
    super(new Core(options, { path: API_PATH, keyPrefix: ${JSON.stringify(keyPrefix)}, errors: ERRORS }));
  }
}
`;
}

/** Returns the source of the module that exports everything that callers use. */
export function indexSource({ name, header }: ClientNames): string {
  return `${header}

export { ${name} } from './client.gen.ts';
export type { ServerEvent } from './core.ts';
export {
  ConnectionError,
  type ErrorIssue,
  RequestTimeoutError,
  ${name}Error,
  UnexpectedResponseError,
} from './error.ts';
export * from './errors.gen.ts';
export type { CallOptions, ${name}Options } from './options.ts';
export type { Page, Pages } from './pages.ts';
export type * from './types.gen.ts';
`;
}
