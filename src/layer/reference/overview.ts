import { groupBy } from '../group-by.ts';
import type { Block, Page } from './blocks.ts';
import { linkOf } from './errors.ts';
import { pathOf, routerOf } from './paths.ts';
import { sentAs } from './rules.ts';
import type { ReferenceInfo, Subject } from './subjects.ts';

/** If there are more procedures, the first page lists the routers only. */
const MAX_LISTED = 250;

/** A router of the API, with the procedures that are directly in it. */
export interface RouterGroup {
  /** The path in the router, `''` for the root. */
  name: string;
  subjects: readonly Subject[];
}

/** Returns the routers that have procedures, in the order of the procedures. */
export function groupsOf(subjects: readonly Subject[]): RouterGroup[] {
  const groups = groupBy(subjects, ({ name }) => routerOf(name));
  return [...groups].map(([name, own]) => ({ name, subjects: own }));
}

/** Returns the description of a router, from the tag of the same name. */
export const aboutRouter = (name: string, { tags = {} }: ReferenceInfo): string | undefined => tags[name];

const count = (all: readonly unknown[], one: string) => `${all.length} ${one}${all.length === 1 ? '' : 's'}`;

/** Returns the first page: the API, how to authenticate, and all procedures, or its routers if it has very many. */
export function indexPage(groups: readonly RouterGroup[], info: ReferenceInfo): Page {
  const total = groups.reduce((sum, { subjects }) => sum + subjects.length, 0);
  const isShort = total <= MAX_LISTED;
  return {
    path: '',
    title: info.title,
    label: `Version ${info.version}`,
    section: '',
    ...(info.description !== undefined && { lead: info.description }),
    blocks: [...addresses(info), ...schemes(info), ...(isShort ? listed(groups, info) : routers(groups))],
  };
}

function addresses({ serverUrl = '', rpcPath, restPath, openapiPath, path }: ReferenceInfo): Block[] {
  const at = (label: string, place: string | null) =>
    place === null ? [] : [{ label, texts: [`\`${serverUrl}${place}\``] }];
  const facts = [
    ...at('REST', restPath),
    ...at('tRPC', rpcPath),
    ...at('OpenAPI', openapiPath),
    ...at('For programs', `${path}/llms.txt`),
  ];
  return [
    { kind: 'heading', text: 'Addresses', id: 'addresses' },
    { kind: 'facts', facts },
  ];
}

function schemes({ access }: ReferenceInfo): Block[] {
  const all = Object.entries(access?.schemes ?? {});
  if (all.length === 0) return [];
  const facts = all.map(([label, scheme]) => ({
    label,
    texts: [`As ${sentAs(scheme)}.`, ...(scheme.description === undefined ? [] : [scheme.description])],
  }));
  return [
    { kind: 'heading', text: 'Authentication', id: 'authentication' },
    { kind: 'facts', facts },
  ];
}

const listed = (groups: readonly RouterGroup[], info: ReferenceInfo): Block[] =>
  groups.flatMap(({ name, subjects }): Block[] => {
    const about = aboutRouter(name, info);
    return [
      { kind: 'heading', text: name === '' ? 'Procedures' : name, id: `router-${name}` },
      ...(about === undefined ? [] : [{ kind: 'text', markdown: about } as const]),
      { kind: 'links', links: subjects.map(linkOf) },
    ];
  });

function routers(groups: readonly RouterGroup[]): Block[] {
  const root = groups.find(({ name }) => name === '');
  const named = groups.filter(({ name }) => name !== '');
  const links = named.map(({ name, subjects }) => ({
    path: pathOf(name),
    text: name,
    note: count(subjects, 'procedure'),
  }));
  return [
    ...(named.length > 0
      ? [{ kind: 'heading', text: 'Routers', id: 'routers' } as const, { kind: 'links', links } as const]
      : []),
    ...(root
      ? [
          { kind: 'heading', text: 'Procedures', id: 'procedures' } as const,
          {
            kind: 'links',
            links: root.subjects.map(({ name }) => ({ path: pathOf(name), text: name })),
            isCompact: true,
          } as const,
        ]
      : []),
  ];
}

/** Returns the page of a router: its procedures, and the routers directly inside it. */
export function routerPage(
  { name, subjects }: RouterGroup,
  groups: readonly RouterGroup[],
  info: ReferenceInfo,
): Page {
  const about = aboutRouter(name, info);
  const inner = groups.filter((other) => other.name.startsWith(`${name}.`));
  return {
    path: pathOf(name),
    title: name,
    label: 'Router',
    section: name,
    ...(about !== undefined && { lead: about }),
    blocks: [
      { kind: 'links', links: subjects.map(linkOf) },
      ...(inner.length > 0
        ? [
            { kind: 'heading', text: 'Routers', id: 'routers' } as const,
            {
              kind: 'links',
              links: inner.map((other) => ({
                path: pathOf(other.name),
                text: other.name,
                note: count(other.subjects, 'procedure'),
              })),
            } as const,
          ]
        : []),
    ],
  };
}
