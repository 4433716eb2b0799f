import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from '#test/listen';
import { runProgram } from '#test/run-program';

const PACKAGE = '@modelcontextprotocol/inspector@2.12.0';
const PROGRAM = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';
/** How long the Inspector may take. */
const LIMIT_MS = 60_000;
const SIGN_IN = /Please navigate to: (\S+)/;

const Output = z.object({ result: z.unknown() });

/** What the Inspector did: its result, or its exit code and the code of its error. */
export type Outcome = { result: unknown } | { exitCode: number | null; error: string };

/** A run of the command line. */
export interface Run {
  /** Its arguments besides the server. */
  args: string[];
  /** Opens the page on which a person signs in, and returns where it leads. Without it, the Inspector must not need it. */
  signIn?: (page: URL) => Promise<URL>;
}

/** Installs the Inspector in a folder. */
export async function install(folder: string): Promise<void> {
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  await runProgram(folder, ['npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE]);
}

/** The command line of an installed Inspector, with credentials of its own. */
export class Inspector {
  readonly #folder: string;
  readonly #home: string;

  /** @param name the name of the folder of its credentials. */
  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#home = join(folder, name);
    mkdirSync(this.#home);
  }

  /** Runs the command line once. */
  async run({ args, signIn }: Run): Promise<Outcome> {
    const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
    const oauth = signIn ? ['--callback-url', callback] : ['--stored-auth-only'];
    const command = [join(this.#folder, PROGRAM), '--cli', ...args, '--format', 'json', ...oauth];
    const child = spawn(process.execPath, command, {
      cwd: this.#folder,
      env: {
        ...process.env,
        HOME: this.#home,
        MCP_INSPECTOR_SECRET_STORE: 'file',
        // It needs a terminal or this, and then opens the program in BROWSER, which does nothing.
        ...(signIn && { MCP_AUTO_OPEN_ENABLED: 'true', BROWSER: 'true' }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    let output = '';
    let errors = '';
    let page: string | undefined;
    let signedIn: Promise<unknown> = Promise.resolve();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      const found = SIGN_IN.exec(errors)?.[1];
      if (page !== undefined || found === undefined || !signIn) return;
      page = found;
      signedIn = signIn(new URL(page)).then((back) => fetch(back));
    });
    await once(child, 'close');
    await signedIn;
    if (child.exitCode === 0) return Output.parse(JSON.parse(output));
    return { exitCode: child.exitCode, error: /"code":"(\w+)"/.exec(errors)?.[1] ?? errors };
  }
}
