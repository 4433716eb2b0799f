import { until } from './answers.ts';
import type { Person } from './caller.ts';

/** Imports a file, given as its value or its text. @returns the counts of the import and its failures. */
export async function importFile({ api }: Person, file: unknown) {
  const content = typeof file === 'string' ? file : JSON.stringify(file);
  const { id } = await api.chat.imports.create({ content });
  return completed(api, id);
}

/** Waits until an import is complete. @returns its counts and its failures. */
export async function completed(api: Person['api'], importId: string) {
  const find = async () => (await api.chat.imports.list({})).items.find(({ id }) => id === importId);
  await until(async () => (await find())?.pending === 0);
  const { imported, skipped, failed } = (await find()) ?? {};
  const { items } = await api.chat.imports.failures({ importId, limit: 100 });
  return { imported, skipped, failed, failures: items };
}
