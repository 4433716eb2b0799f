import { deprecationNotice, deprecationOf } from '../deprecation.ts';
import type { Block, Fact, ListedError, Page } from './blocks.ts';
import { pathOf, routerOf } from './paths.ts';
import { snippetsOf } from './snippets.ts';
import { fileLimitsOf, repetitionOf } from './rules.ts';
import type { Shape } from './shapes.ts';
import { type DescribedSide, exampleInputOf, sideOf } from './sides.ts';
import { mayReport, type ReferenceInfo, type Subject } from './subjects.ts';
import { trialOf } from './targets.ts';

/** The types of procedures, for people. */
const KINDS = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' } as const;

/** Returns the page of a procedure. @param errors all errors of the API. */
export function procedurePage(subject: Subject, info: ReferenceInfo, errors: readonly ListedError[]): Page {
  const { name, type, endpoint, summary, meta } = subject;
  const input = sideOf(subject, 'input');
  const output = sideOf(subject, 'output');
  const { restPath, docs } = info;
  const source = docs.repository?.fileOf?.(subject);
  const canTry = info.canTry && trialOf(subject, info, input) !== null;
  return {
    path: pathOf(name),
    title: summary === '' ? name : summary,
    label: name,
    section: routerOf(name),
    ...(meta.openapi?.description !== undefined && { lead: meta.openapi.description }),
    ...(source !== undefined && docs.repository && { source: docs.repository.url + source }),
    blocks: [
      ...(endpoint && restPath !== null
        ? [{ kind: 'endpoint', method: endpoint.method, path: restPath + endpoint.path } as const]
        : []),
      ...deprecation(subject),
      { kind: 'facts', facts: factsOf(subject, info) },
      ...(canTry ? [{ kind: 'trial', path: `${pathOf(name)}.json` } as const] : []),
      heading('Input'),
      ...inputBlocks(input, subject),
      ...(type === 'subscription'
        ? eventBlocks(output)
        : [heading('Output'), ...outputBlocks(output, subject)]),
      heading('Errors'),
      ...errorBlocks(subject, errors),
    ],
    aside: examplesOf(subject, info, { input, output }),
  };

  function factsOf(own: Subject, { docs: { limitsOf } }: ReferenceInfo): Fact[] {
    const limits = [...(limitsOf?.(own) ?? []), ...fileLimitsOf(own.endpoint)];
    return [
      { label: 'Kind', texts: [`${KINDS[own.type]} \`${own.name}\``] },
      ...(own.endpoint ? [] : [{ label: 'REST', texts: ['Not served over REST.'] }]),
      { label: 'Who may call it', texts: own.permission.texts },
      ...(limits.length > 0 ? [{ label: 'Limits', texts: limits }] : []),
      { label: 'Repetition', texts: repetitionOf(own, own.endpoint, own.semantics) },
    ];
  }
}

const heading = (text: string): Block => ({ kind: 'heading', text, id: text.toLowerCase() });

const note = (markdown: string): Block => ({ kind: 'note', markdown });
const text = (markdown: string): Block => ({ kind: 'text', markdown });

function inputBlocks(input: DescribedSide, subject: Subject): Block[] {
  if (input === null) return [text('None.'), ...headerBlocks(subject)];
  if ('gap' in input) return [note(input.gap), ...headerBlocks(subject)];
  const shape = placed(input.shape, subject);
  return [{ kind: 'shape', shape }, ...input.gaps.map(note), ...headerBlocks(subject)];
}

/** Adds to each field where REST carries it. */
function placed(shape: Shape, { endpoint }: Subject): Shape {
  if (!endpoint) return shape;
  const rest = endpoint.takesBody ? 'body' : 'query';
  const fields = shape.fields.map((field) => ({
    ...field,
    place: endpoint.params.includes(field.field) ? 'path' : rest,
  }));
  return { ...shape, fields };
}

/** Describes the request headers of an endpoint. */
function headerBlocks({ endpoint, semantics }: Subject): Block[] {
  if (!endpoint) return [];
  const carrying = [...endpoint.headers].map(([header, field]) => ({
    label: header,
    texts: [`Takes precedence over \`${field}\`.`],
  }));
  const added = (semantics?.parameters ?? []).map(({ name, description = '' }) => ({
    label: name,
    texts: [description],
  }));
  const facts = [...carrying, ...added];
  if (facts.length === 0) return [];
  return [
    { kind: 'heading', text: 'Request headers', id: 'headers' },
    { kind: 'facts', facts },
  ];
}

function outputBlocks(output: DescribedSide, { endpoint }: Subject): Block[] {
  const status = endpoint ? [text(statusText(endpoint))] : [];
  if (output === null) return status.length > 0 ? status : [text('None.')];
  if ('gap' in output) return [...status, note(output.gap)];
  return [...status, { kind: 'shape', shape: output.shape }, ...output.gaps.map(note)];
}

function statusText({ status, produces, rest }: NonNullable<Subject['endpoint']>): string {
  const location = rest.location === undefined ? '' : ` \`Location\` is the path of what was created.`;
  if (produces === null) return `Status ${status} without a body over REST.${location}`;
  return `Status ${status} with \`${produces}\` over REST.${location}`;
}

function eventBlocks(output: DescribedSide): Block[] {
  const about =
    'A stream of server-sent events. Over REST, `data` of each event is JSON. The stream ends with `event: done`, or ' +
    'with `event: error`, whose `data` is a problem document. If it ends without one of them, the connection was lost.';
  const described: Block[] =
    output === null
      ? []
      : 'gap' in output
        ? [note(output.gap)]
        : [{ kind: 'shape', shape: output.shape }, ...output.gaps.map(note)];
  return [heading('Events'), text(about), ...described];
}

function errorBlocks(subject: Subject, errors: readonly ListedError[]): Block[] {
  const own = Object.entries(subject.describedStatuses).map(([status, description]) => ({
    label: status,
    texts: [description],
  }));
  const listed = errors.filter((error) => mayReport(subject, error));
  return [
    { kind: 'errors', errors: listed },
    ...(own.length > 0 ? [{ kind: 'facts', facts: own } as const] : []),
  ];
}

/** Announces the end of a procedure. */
function deprecation({ meta }: Subject): Block[] {
  const deprecation = deprecationOf(meta);
  if (!deprecation) return [];
  const { successor, link } = deprecation;
  const notice = deprecationNotice(deprecation);
  return [
    note(link === undefined ? notice : `${notice} [More information](${link})`),
    ...(successor === undefined
      ? []
      : [{ kind: 'links', links: [{ path: pathOf(successor), text: successor }], isCompact: true } as const]),
  ];
}

const json = (title: string, value: unknown): Block => ({
  kind: 'code',
  title,
  language: 'json',
  code: JSON.stringify(value, null, 2),
});

/** Returns the calls of a procedure, and an example of what it returns. */
function examplesOf(
  subject: Subject,
  info: ReferenceInfo,
  { input, output }: { input: DescribedSide; output: DescribedSide },
): Block[] {
  const received = output && 'example' in output ? output.example : undefined;
  const isKnown = input === null || 'example' in input;
  const snippets = isKnown ? snippetsOf(subject, info, exampleInputOf(subject, input)) : [];
  return [
    ...(snippets.length > 0 ? [{ kind: 'snippets', snippets } as const] : []),
    ...(received === undefined ? [] : [json(subject.type === 'subscription' ? 'Event' : 'Output', received)]),
  ];
}
