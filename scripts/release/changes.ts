import {
  changelogLine,
  compareStates,
  isDeclared,
  readState,
  type State,
  unreleased,
} from '#layer/cli/diff/index';

/** The names of the files, for people. */
export const RELEASED_STATE = 'scripts/release/released-api.json';
export const CHANGELOG = 'CHANGELOG.md';

const UNRELEASED = '## Unreleased';

/**
 * Returns sentences about what breaks callers of the last release and is not in the changelog; none if there is nothing.
 * @param released the text of the state of the last release. @param current the present state.
 * @param options `folder` has the packages that the declarations import. `now` is the present, in milliseconds.
 */
export function undeclaredBreaks(
  released: string,
  current: State,
  { changelog, folder, now = Date.now() }: { changelog: string; folder: string; now?: number },
): string[] {
  const before = readState(released, RELEASED_STATE);
  const { changes, notCompared } = compareStates(before, current, folder, now);
  const declared = unreleased(changelog);
  const breaks = changes.filter((change) => change.breaks.length > 0 && !isDeclared(change, declared));
  const early = breaks.filter(({ until }) => until !== undefined);
  const lines = breaks.filter(({ until }) => until === undefined).map(changelogLine);
  const these = lines.length === 1 ? 'A change breaks' : `${lines.length} changes break`;
  const advice = lines.length === 1 ? 'Undo it, or add this line' : 'Undo them, or add these lines';
  return [
    ...(lines.length === 0
      ? []
      : [
          `${these} callers of the last release. ${advice} to the first section of ${CHANGELOG}:\n${lines.join('\n')}`,
        ]),
    ...early.map(
      ({ subject, what, until }) =>
        `${subject}: ${what}. Keep it until ${until}, or release an earlier date first.`,
    ),
    ...notCompared.map((sentence) => `The last release could not be compared in full: ${sentence}`),
  ];
}

/**
 * Returns the changelog in which the first section is that of a version, after a new one for what is not released.
 * @throws {Error} if it has no first section `## Unreleased`, or already has the version.
 */
export function releasedChangelog(changelog: string, version: string, date: string): string {
  if (hasVersion(changelog, version)) {
    throw new Error(
      `${CHANGELOG} has version ${version} already. Set the next one: npm version 1.2.3 --no-git-tag-version`,
    );
  }
  if (!changelog.includes(`\n${UNRELEASED}\n`))
    throw new Error(`${CHANGELOG} has no section "${UNRELEASED}".`);
  return changelog.replace(`\n${UNRELEASED}\n`, `\n${UNRELEASED}\n\n## ${version} (${date})\n`);
}

/** True if a changelog has a section for a version. */
export const hasVersion = (changelog: string, version: string): boolean =>
  changelog.includes(`\n## ${version} (`);

/** Returns the versions that a changelog has sections for, in its order: the last release first. */
export const releasedVersions = (changelog: string): string[] =>
  Array.from(changelog.matchAll(/^## (\d\S*) \(/gm), ([, version = '']) => version);

/** The keywords that say something to people only. */
const TEXTS: ReadonlySet<string> = new Set([
  ...['info', 'title', 'summary', 'description', 'tags', 'example', 'examples', 'externalDocs'],
]);
/** The keywords whose keys are names. */
const MAPS: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', '$defs', 'schemas', 'input', 'output', 'headers', 'responses'],
  ...['parameters', 'securitySchemes', 'paths', 'procedures'],
]);
/** The keywords whose values are data. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'enum']);

/**
 * Returns a state without texts for people. They break no caller, and would be a third of its file.
 * @param state the state as JSON. @param hasNames true if the keys of the value are names, not keywords.
 */
export function withoutTexts(state: unknown, hasNames = false): unknown {
  if (Array.isArray(state)) return state.map((one) => withoutTexts(one));
  if (typeof state !== 'object' || state === null) return state;
  const kept = Object.entries(state).filter(([key]) => hasNames || !TEXTS.has(key));
  return Object.fromEntries(
    kept.map(([key, value]: [string, unknown]) => {
      if (hasNames) return [key, withoutTexts(value)];
      return [key, DATA.has(key) ? value : withoutTexts(value, MAPS.has(key))];
    }),
  );
}
