import type { Entry, GuideProcedure, GuideSetting } from './entries.ts';
import { excerpt } from './markdown.ts';
import { pathOfLink, referenceTo } from './places.ts';
import type { Hit } from './search.ts';

const SECTION_LIMIT = 1500;
const MAX_RELATED = 4;
const MAX_FURTHER = 2;

/** The minimum rank, as a share of the best hit's, of related hits and of further places. */
const RELATED_SHARE = 0.4;
const FURTHER_SHARE = 0.15;

const HOOKS = { query: 'useQuery', mutation: 'useMutation', subscription: 'useSubscription' };

/** Says where the schemas of a procedure are. */
const SCHEMAS = 'with its input and output in [the OpenAPI document](/api/openapi.json)';

const DISCLAIMER =
  '*I am the offline guide: I search this installation’s documentation and am not a language model. ' +
  'To talk to one, set `AI_MODEL` (such as `openai/gpt-5-mini`) and that provider’s API key, and restart.*';

/**
 * Joins the paragraphs of an answer in Markdown.
 * @param isFirst true for the first answer of a chat. It says that the guide is not a language model.
 */
export function joined(paragraphs: (string | undefined)[], isFirst: boolean): string {
  return [...paragraphs, isFirst ? DISCLAIMER : undefined].filter(Boolean).join('\n\n');
}

/** Returns paragraphs about the hits, best first: the best hit with its place, related entries, and further places. */
export function answerFrom([best, ...others]: [Hit, ...Hit[]]): (string | undefined)[] {
  const related = others.filter((hit) => hit.rank >= best.rank * RELATED_SHARE && hit.coverage > 0.5);
  const procedures = related.flatMap(({ entry }) => (entry.kind === 'procedure' ? [entry.procedure] : []));
  const settings = related.flatMap(({ entry }) => (entry.kind === 'setting' ? [entry.setting] : []));
  const places = others
    .filter((hit) => hit.rank >= best.rank * FURTHER_SHARE)
    .flatMap(({ entry }) => (entry.kind === 'section' ? [`- ${referenceTo(entry)}`] : []));
  return [
    describe(best.entry),
    titled('Related procedures:', procedures.slice(0, MAX_RELATED).map(procedureLine)),
    titled('Related settings:', settings.slice(0, MAX_RELATED).map(settingLine)),
    titled('See also:', places.slice(0, MAX_FURTHER)),
  ];
}

/** Returns the sentence that quotes a place. It shows a later answer which places were already quoted. */
export function foundIn(entry: Entry, remark?: string): string {
  return `Found in ${referenceTo(entry)}${remark ? `, ${remark}` : ''}.`;
}

/** Returns an entry in full, with its place. */
function describe(entry: Entry): string {
  if (entry.kind === 'procedure') return describeProcedure(entry.procedure, foundIn(entry, SCHEMAS));
  if (entry.kind === 'setting') return describeSetting(entry.setting, foundIn(entry));
  const { file, full } = entry.section;
  const { text, cut } = excerpt(full, SECTION_LIMIT, (target) => pathOfLink(target, file));
  return [`**${entry.title}**`, text, foundIn(entry, cut ? 'where it continues' : undefined)]
    .filter(Boolean)
    .join('\n\n');
}

function describeProcedure(procedure: GuideProcedure, source: string): string {
  const { name, type, summary, description } = procedure;
  const rest = restCall(procedure);
  return [
    `**${summary}**`,
    description,
    [
      `- RPC: \`${name}\` (${type})`,
      ...(rest ? [`- REST: \`${rest}\``] : []),
      `- React: \`trpc.${name}.${HOOKS[type]}(…)\``,
    ].join('\n'),
    source,
  ]
    .filter(Boolean)
    .join('\n\n');
}

function describeSetting({ name, description, example }: GuideSetting, source: string): string {
  return [
    `**${name}** is an environment variable, read when the server starts. ${description}`,
    `\`\`\`sh\n${name}=${example}\n\`\`\``,
    source,
  ].join('\n\n');
}

/** Returns a line of a list: the name, the REST request and the summary. */
export function procedureLine(procedure: GuideProcedure): string {
  const rest = restCall(procedure);
  return `- \`${procedure.name}\`${rest ? ` · \`${rest}\`` : ''}: ${procedure.summary}`;
}

/** Returns a line of a list: the name, the description and an example. */
export function settingLine({ name, description, example }: GuideSetting): string {
  return `- \`${name}\`: ${description} Example: \`${name}=${example}\``;
}

function restCall({ method, path }: GuideProcedure): string | undefined {
  return method && path ? `${method.toUpperCase()} ${path}` : undefined;
}

function titled(title: string, lines: string[]): string | undefined {
  return lines.length > 0 ? `${title}\n\n${lines.join('\n')}` : undefined;
}
