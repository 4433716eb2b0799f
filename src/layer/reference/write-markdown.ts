import type { Block, Fact, ListedError, Page, PageLink } from './blocks.ts';
import { withLinks } from './guides.ts';
import type { ResolveLink } from './markdown.ts';
import { errorPath } from './paths.ts';
import type { Field, Shape } from './shapes.ts';

/** How a page is written as Markdown. */
export interface MarkdownOptions {
  /** Returns the URL of a page of the reference by its path. */
  urlOf: (path: string) => string;
  /** Resolves the links in descriptions. */
  resolve: ResolveLink;
}

/** Returns a page as Markdown, with the same parts as its HTML. */
export function writeMarkdown(page: Page, options: MarkdownOptions): string {
  const { title, label, lead, blocks, aside = [], source } = page;
  const parts = [
    `# ${line(title)}`,
    label === undefined ? '' : `\`${label}\``,
    lead === undefined ? '' : withLinks(lead, options.resolve),
    ...[...blocks, ...aside].map((block) => blockOf(block, options)),
    source === undefined ? '' : `Source: <${source}>`,
  ];
  return `${parts.filter((part) => part.trim() !== '').join('\n\n')}\n`;
}

function blockOf(block: Block, options: MarkdownOptions): string {
  switch (block.kind) {
    case 'heading':
      return `## ${line(block.text)}`;
    case 'text':
      return withLinks(block.markdown.trim(), options.resolve);
    case 'note':
      return `> ${withLinks(block.markdown, options.resolve).replaceAll('\n', '\n> ')}`;
    case 'endpoint':
      return `\`\`\`http\n${block.method} ${block.path}\n\`\`\``;
    case 'facts':
      return block.facts.map((fact) => factOf(fact, options)).join('\n');
    case 'shape':
      return shapeOf(block.shape, options);
    case 'code':
      return `${line(block.title)}:\n\n${fenced(block.code, block.language)}`;
    case 'snippets':
      return block.snippets
        .map((snippet) => `${snippet.title}:\n\n${fenced(snippet.code, snippet.language)}`)
        .join('\n\n');
    case 'links':
      return block.links.map((link) => linkLine(link, options)).join('\n');
    case 'errors':
      return errorTable(block.errors, options);
    case 'trial':
      return '';
  }
}

/** Returns a text without line breaks. */
const line = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** Returns code in a fence that is longer than any in the code. */
function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...Array.from(code.matchAll(/`{3,}/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}

/** Returns text as code in a line, also if it has backticks. */
function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : '';
  return ticks + pad + line(text) + pad + ticks;
}

const factOf = ({ label, texts }: Fact, { resolve }: MarkdownOptions) =>
  `- **${line(label)}**: ${texts.map((text) => withLinks(line(text), resolve)).join(' ')}`;

const linkLine = ({ path, text, tag, note }: PageLink, { urlOf }: MarkdownOptions) =>
  `- [${line(text)}](${urlOf(path)})${tag === undefined ? '' : ` (${tag})`}${note === undefined ? '' : `: ${line(note)}`}`;

function errorTable(errors: readonly ListedError[], { urlOf, resolve }: MarkdownOptions): string {
  const cell = (text: string) => line(text).replaceAll('|', '\\|');
  const rows = errors.map(
    ({ code: name, status, title, action }) =>
      `| [\`${name}\`](${urlOf(errorPath(name))}) | ${status} | ${cell(title)} | ${cell(withLinks(action, resolve))} |`,
  );
  return ['| code | status | meaning | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function shapeOf(shape: Shape, options: MarkdownOptions): string {
  const { fields, forms } = shape;
  const own = fields.length > 0 && shape.type === (shape.name ?? 'object') ? '' : `${wordsOf(shape)}.`;
  const description =
    shape.description === undefined ? '' : withLinks(line(shape.description), options.resolve);
  return [`${own} ${description}`.trim(), partsOf({ fields, forms }, '', options)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Returns the type of a value, and what restricts it. */
function wordsOf({
  type,
  constraints,
  choices,
  default: initial,
  example,
  isDeprecated,
  isRepeated,
}: Shape): string {
  return [
    code(type),
    ...(isRepeated ? ['described elsewhere on this page'] : []),
    ...constraints,
    ...(choices.length > 0 ? [`one of ${choices.map(code).join(', ')}`] : []),
    ...(initial === undefined ? [] : [`default ${code(initial)}`]),
    ...(example === undefined ? [] : [`for example ${code(example)}`]),
    ...(isDeprecated ? ['deprecated'] : []),
  ].join(', ');
}

function partsOf(
  { fields, forms }: Pick<Shape, 'fields' | 'forms'>,
  indent: string,
  options: MarkdownOptions,
): string {
  const lines = forms.map((form) => {
    const inner = partsOf(form, `${indent}  `, options);
    return `${indent}- Form ${code(form.label)}: ${wordsOf(form)}${inner === '' ? '' : `\n${inner}`}`;
  });
  return [fieldsOf(fields, indent, options), ...lines].filter((part) => part !== '').join('\n');
}

const fieldsOf = (fields: readonly Field[], indent: string, options: MarkdownOptions): string =>
  fields
    .map((field) => {
      const required = field.isRequired ? 'required' : 'optional';
      const place = field.place === undefined ? '' : ` in the ${field.place}`;
      const about =
        field.description === undefined ? '' : ` ${withLinks(line(field.description), options.resolve)}`;
      const inner = partsOf(field, `${indent}  `, options);
      const text = `${indent}- ${code(field.field)} (${required}${place}): ${wordsOf(field)}.${about}`;
      return inner === '' ? text : `${text}\n${inner}`;
    })
    .join('\n');
