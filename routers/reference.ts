import type { DocsOptions, Guide } from '#layer/index';
import { acceptsPrograms, admissionRule } from '#server/access';
import { documentation } from '#server/documentation';
import type { Env } from '#server/env';
import { RESOURCE_PATH } from '#server/people/oauth/provider';

const FOLDER = 'docs/';
const INDEX = `${FOLDER}README.md`;
const DECISIONS = 'Decisions';

/** Returns the group of each page that the index lists, in its order. */
function groupsIn(index: string): Map<string, string> {
  const groups = new Map<string, string>();
  let group = '';
  for (const [, heading, file] of index.matchAll(/^## (.+)$|\]\(([\w/-]+\.md)\)/gm)) {
    if (heading !== undefined) group = heading;
    else if (file !== undefined && !file.startsWith('decisions/')) groups.set(file, group);
  }
  return groups;
}

/** Returns the pages of docs/ in the order of their index, followed by the decisions. */
async function guides(): Promise<Guide[]> {
  const pages = await documentation();
  const groups = groupsIn(pages.find(({ file }) => file === INDEX)?.markdown ?? '');
  const order = [...groups.keys()];
  const all = pages
    .filter(({ file }) => file.startsWith(FOLDER))
    .map(({ file, markdown }) => ({ file: file.slice(FOLDER.length), markdown }))
    .map((guide) => ({ ...guide, group: groups.get(guide.file) ?? DECISIONS }));
  const listed = all.filter(({ file }) => groups.has(file));
  const decisions = all.filter(({ file }) => file.startsWith('decisions/'));
  return [...listed.sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file)), ...decisions];
}

/** Returns the options of the reference, which is served at `/docs`. */
export const reference = ({ RATE_LIMIT }: Pick<Env, 'RATE_LIMIT'>): DocsOptions => ({
  path: '/docs',
  guides,
  limitsOf({ name, procedure }) {
    const { rateLimit } = admissionRule(name, procedure);
    return [
      ...(RATE_LIMIT === 0 ? [] : [`One of your ${RATE_LIMIT.toLocaleString('en-US')} calls per minute.`]),
      ...(rateLimit
        ? [`At most ${rateLimit.calls} calls of this procedure in ${rateLimit.seconds} seconds.`]
        : []),
    ];
  },
  mcp: {
    path: RESOURCE_PATH,
    offers: ({ name, procedure }) => acceptsPrograms(admissionRule(name, procedure).access),
  },
  sdk: { variable: 'sb', resources: { chat: 'chats' } },
  tryIt: true,
  links: [{ label: 'App', href: '/chat' }],
  icon: '/icon.svg',
  // The key of Mantine, so the reference has the colors that a user has chosen in the app.
  colorSchemeKey: 'mantine-color-scheme-value',
});
