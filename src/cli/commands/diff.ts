import { existsSync, readFileSync } from 'node:fs';
import {
  compareStates,
  isDeclared,
  jsonReport,
  markdownReport,
  readState,
  type State,
  textReport,
  unreleased,
} from '#layer/cli/diff/index';
import type { Command } from '../arguments.ts';
import { asProblem, Problem, type Result } from '../problem.ts';
import { readSource } from '../states.ts';

/**
 * Compares two states of a router.
 * @returns the report, with exit code 1 if a change can break a caller and is not declared.
 * @throws {Problem} if a state cannot be read, or if the states have nothing in common.
 */
export async function diff(command: Command): Promise<Result> {
  const { states, options } = command;
  const [old = '', current] = states;
  const declared = options.declared === undefined ? '' : unreleased(readDeclared(options.declared));
  const before = await stateAt(old);
  const after = current === undefined ? await stateOfRouter(command) : await stateAt(current);
  const compared = await asProblem(() => compareStates(before, after, process.cwd()), 2);
  const isKnown = (change: (typeof compared.changes)[number]) => isDeclared(change, declared);
  const report = options.json ? jsonReport : textReport;
  return {
    text: options.markdown ? markdownReport(compared) : report(compared, isKnown),
    exitCode: compared.changes.some((change) => change.breaks.length > 0 && !isKnown(change)) ? 1 : 0,
  };
}

async function stateOfRouter(command: Command): Promise<State> {
  const { describe } = await import('./describe.ts');
  return readState(await describe(command), '--router');
}

async function stateAt(source: string): Promise<State> {
  const text = await readSource(source);
  return asProblem(() => readState(text, source), 2);
}

function readDeclared(file: string): string {
  if (!existsSync(file)) throw new Problem(`There is no file ${file}, which --declared names.`, 2);
  return readFileSync(file, 'utf8');
}
