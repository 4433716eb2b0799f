import { deprecationOf } from '../deprecation.ts';
import { describedCoreErrors } from '../errors/schema.ts';
import { problemExampleOf } from '../openapi/problems.ts';
import type { Block, ListedError, Page, PageLink } from './blocks.ts';
import { errorPath, pathOf } from './paths.ts';
import { mayReport, type ReferenceInfo, type Subject } from './subjects.ts';

/** The longest list of procedures on the page of an error. */
const MAX_LISTED = 100;

export const ERRORS_PATH = 'errors';

/** Returns the page that lists all errors. */
export const errorsPage = (errors: readonly ListedError[]): Page => ({
  path: ERRORS_PATH,
  title: 'Errors',
  section: ERRORS_PATH,
  lead:
    'Every failure has one of these codes, on every surface. REST responds with a problem document (RFC 9457). RPC has ' +
    'the same fields under `error.data`. A code never changes its meaning.',
  blocks: [{ kind: 'errors', errors }],
});

/** Returns the page of an error code: what it means, what to do, an example, and the procedures that return it. */
export function errorPage(error: ListedError, subjects: readonly Subject[], info: ReferenceInfo): Page {
  const { code, status, title, action } = error;
  const described = info.errors ?? describedCoreErrors;
  const { codes, fields } = described;
  const own = Object.entries(fields).filter(([, field]) => field.code === code);
  const retryable = codes[code]?.retryable ?? false;
  return {
    path: errorPath(code),
    title,
    label: code,
    section: ERRORS_PATH,
    blocks: [
      {
        kind: 'facts',
        facts: [
          { label: 'HTTP status', texts: [String(status)] },
          ...(action === '' ? [] : [{ label: 'What to do', texts: [action] }]),
          {
            label: 'Retry',
            texts: [retryable ? 'The same call may succeed later.' : 'The same call fails again.'],
          },
          ...own.map(([name, { description }]) => ({
            label: `Field ${name}`,
            texts: [description.charAt(0).toUpperCase() + description.slice(1)],
          })),
        ],
      },
      { kind: 'heading', text: 'Procedures', id: 'procedures' },
      ...proceduresWith(error, subjects),
    ],
    aside: [
      {
        kind: 'code',
        title: `HTTP ${status}`,
        language: 'json',
        code: JSON.stringify(problemExampleOf(described, code), null, 2),
      },
    ],
  };
}

/** Returns the procedures that may report an error. */
function proceduresWith(error: ListedError, subjects: readonly Subject[]): Block[] {
  const found = subjects.filter((subject) => mayReport(subject, error));
  const none = 'No procedure is known to return it. The server itself may.';
  if (found.length === 0) return [{ kind: 'text', markdown: none }];
  const count =
    found.length === subjects.length ? 'All procedures' : `${found.length} of ${subjects.length} procedures`;
  const markdown = error.isNamed
    ? `${count} can report it.`
    : `${count} can respond with status ${error.status}, which has this code among others.`;
  if (found.length > MAX_LISTED || found.length === subjects.length) return [{ kind: 'text', markdown }];
  return [
    { kind: 'text', markdown },
    { kind: 'links', links: found.map(linkOf), isCompact: true },
  ];
}

/** Returns the link to a procedure. */
export const linkOf = ({ name, type, summary, endpoint, meta }: Subject): PageLink => {
  const note = [summary, ...(deprecationOf(meta) ? ['deprecated'] : [])].filter(Boolean).join(', ');
  return {
    path: pathOf(name),
    text: name,
    tag: endpoint?.method ?? type,
    ...(note !== '' && { note }),
  };
};
