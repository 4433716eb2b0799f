/** A setting that a router's modules reject. */
export interface RejectedSetting {
  name: string;
  message: string;
}

/** What was seen of the settings while modules were imported. */
export interface SettingsWatch {
  /** Returns the settings that are the reason of an error; none if it has another reason. */
  rejectedBy: (error: unknown) => RejectedSetting[];
  /** The settings that the project's files have read and that are not set. */
  unset: ReadonlySet<string>;
  /** Stops watching. Messages on the console are printed, unless they only repeat the rejected settings. */
  stop: (options?: { isReported: boolean }) => void;
}

/** Matches the name of an environment variable by the convention of POSIX. */
const NAME = /^[A-Z][A-Z0-9_]+$/;
const LEVELS = ['error', 'warn', 'log', 'info'] as const;

/**
 * Watches how modules read environment variables and what they print, until `stop` is called. Libraries that validate
 * settings throw an error without their names, and print the issues instead.
 */
export function watchSettings(): SettingsWatch {
  const unset = new Set<string>();
  const printed: unknown[] = [];
  const held: (() => void)[] = [];
  const env = process.env;
  process.env = new Proxy(env, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (value === undefined && typeof key === 'string' && NAME.test(key) && isReadByProject()) {
        unset.add(key);
      }
      return value;
    },
    // The real object rejects the property descriptor that a proxy would define.
    set: (target, key, value) => Reflect.set(target, key, value),
  });
  const originals = LEVELS.map((level) => [level, console[level].bind(console)] as const);
  for (const [level, original] of originals) {
    console[level] = (...args: unknown[]) => {
      printed.push(...args);
      held.push(() => original(...args));
    };
  }
  return {
    unset,
    rejectedBy(error) {
      const found = new Map<string, string>();
      for (const value of [error, ...printed]) collect(value, found, 0);
      if (found.size === 0 && error instanceof Error) {
        for (const name of unset) {
          if (new RegExp(`\\b${name}\\b`).test(error.message)) found.set(name, error.message);
        }
      }
      return [...found].map(([name, message]) => ({ name, message }));
    },
    stop({ isReported } = { isReported: false }) {
      process.env = env;
      for (const [level, original] of originals) console[level] = original;
      if (!isReported) for (const print of held) print();
    },
  };
}

/** True if the caller of `process.env` is a file of the project, not of a package or of Node.js. */
function isReadByProject(): boolean {
  const frames = (new Error('stack').stack ?? '').split('\n').slice(1);
  const reader = frames.find((frame) => !frame.includes(import.meta.url) && !frame.includes('Reflect.get'));
  return reader !== undefined && /[/\\]/.test(reader) && !/node_modules|node:/.test(reader);
}

/**
 * Collects the settings of validation issues: `{ path: ['NAME'], message }` of zod and Standard Schema, also with
 * `{ key }` as in valibot, and `fieldErrors: { NAME: ['…'] }`.
 */
function collect(value: unknown, found: Map<string, string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 5) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found, depth + 1);
    return;
  }
  if ('path' in value && Array.isArray(value.path) && 'message' in value) {
    const path: unknown[] = value.path;
    const [first] = path;
    const name = typeof first === 'object' && first !== null && 'key' in first ? first.key : first;
    if (typeof name === 'string' && NAME.test(name)) found.set(name, String(value.message));
    return;
  }
  for (const key of ['issues', 'errors', 'cause'] as const) {
    if (key in value) collect(Reflect.get(value, key), found, depth + 1);
  }
  const fields: unknown = 'fieldErrors' in value ? value.fieldErrors : value;
  if (typeof fields !== 'object' || fields === null) return;
  for (const [name, messages] of Object.entries(fields)) {
    if (NAME.test(name) && Array.isArray(messages) && typeof messages[0] === 'string') {
      found.set(name, messages.join(' '));
    }
  }
}
