import { parseArgs } from 'node:util';

/** What the publisher decides. */
export interface ReleaseOptions {
  /** True to prepare a release only. */
  isPreparation: boolean;
  /** The scope of the packages, such as `@acme`; `undefined` for the placeholder. */
  scope: string | undefined;
  /** Where to publish; `undefined` for a dry run. */
  registry: string | undefined;
}

/**
 * Reads the arguments of `npm run release`.
 * @throws {Error} if `--publish` comes without the scope and the registry, which have no default.
 */
export function releaseOptions(args: readonly string[]): ReleaseOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      prepare: { type: 'boolean', default: false },
      publish: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      scope: { type: 'string' },
      registry: { type: 'string' },
    },
  });
  const { prepare: isPreparation, publish, 'dry-run': isDryRun, scope, registry } = values;
  if (isPreparation && args.length > 1) throw new Error('--prepare takes no other options.');
  if (publish && isDryRun) throw new Error('--publish and --dry-run exclude each other.');
  if (scope !== undefined && !/^@[a-z\d][a-z\d._-]*$/.test(scope)) {
    throw new Error(`--scope must be the scope of a package, such as @acme; got "${scope}".`);
  }
  if (registry !== undefined && !URL.canParse(registry)) {
    throw new Error(`--registry must be the URL of a registry; got "${registry}".`);
  }
  if (!publish) return { isPreparation, scope, registry: undefined };
  if (scope === undefined || registry === undefined) {
    throw new Error(
      '--publish needs --scope, because that of this project is a placeholder, and --registry.',
    );
  }
  return { isPreparation, scope, registry };
}
