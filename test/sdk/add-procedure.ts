import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { all, cloneProject } from './clone.ts';

const README = join(import.meta.dirname, '../../README.md');
/** Where the README says that the procedure goes. */
const ROUTER = 'routers/chat.ts';
const CALLS = 'test/added-procedure.test.ts';
const HOOK = 'app/added-procedure.tsx';

/** The README's section about it, with what it shows. */
function readSection() {
  const [, section] = /^## Add a procedure$(.*?)^## /ms.exec(readFileSync(README, 'utf8')) ?? [];
  if (section === undefined) throw new Error('README.md has no section "Add a procedure".');
  const blocks = (language: string) =>
    [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
      ([, code = '']) => code,
    );
  const [imports = '', procedure = ''] = blocks('ts');
  /** The code in backticks that begins with `start`. */
  const code = (start: string) => {
    const found = [...section.matchAll(/`([^`\n]+)`/g)].find(([, text]) => text?.startsWith(start));
    if (!found?.[1]) throw new Error(`"Add a procedure" has no code that begins with ${start}.`);
    return found[1];
  };
  return { imports, procedure, test: blocks('sh').join(''), code };
}

/** Calls that must compile, and a test that calls the procedure over real HTTP and looks at what it counts. */
const callsWith = (code: (start: string) => string) => `
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { Switchboard } from '#src/sdk/index.ts';
import { callAs } from '#test/caller';
import { signUp } from '#test/client';
import { serveInstance } from '#test/served';

test('counts for every caller', async () => {
  const { url, deps, close } = await serveInstance();
  const ada = await signUp(url);
  const { id } = await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.create.mutate({});
  await ada.rpc.chat.update.mutate({ id, archived: true });
  const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'key', scope: 'read' });
  expect(await ada.rpc.chat.count.query({})).toEqual({ count: 2 });
  const headers = new Headers(ada.headers);
  const caller = (own: Headers) => callAs(deps, own);
  expect(await ${code('caller(')}).toEqual({ count: 2 });
  const sb = new Switchboard({ baseUrl: url, apiKey: key });
  expect(${code('await sb.')}).toEqual({ count: 1 });
  const curl = ${JSON.stringify(code('curl '))};
  const { stdout } = await promisify(exec)(curl.replace('localhost:3000', url).replace('sb_…', key));
  expect(JSON.parse(stdout)).toEqual({ count: 1 });
  await close();
});
`;

const hookWith = (code: (start: string) => string) => `
import { switchboard } from '#routers/switchboard';
import { trpc } from '#src/client/trpc.ts';

export const useCount = () => ${code('trpc.')}.data?.count.toFixed();
export async function countFor(headers: Headers): Promise<number> {
  const { caller } = await switchboard();
  return (await ${code('caller(')}).count;
}
`;

/** Adds the procedure of README.md to a copy of the project as it says there, and calls it in every way that it names. */
export async function addProcedure(): Promise<string> {
  const { imports, procedure, test, code } = readSection();
  const clone = cloneProject();
  try {
    clone.edit(ROUTER, (text) => `${imports}${text.replace('= router({\n', `$&${procedure}`)}`);
    await all([clone.sh('npm run --silent types'), clone.sh(code('npm run openapi'))]);
    writeFileSync(join(clone.folder, CALLS), callsWith(code));
    writeFileSync(join(clone.folder, HOOK), hookWith(code));
    await all([clone.sh(`${test.trim()} ${CALLS}`), clone.typeCheck([ROUTER, CALLS, HOOK])]);
    return 'compiles, and counts on every surface';
  } finally {
    clone.remove();
  }
}
