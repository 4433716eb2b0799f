import type { PromptMessage } from '@modelcontextprotocol/server';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Eventual } from '../call/eventual.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import type { CalledProcedure } from '../gate.ts';
import { bind, type Described, type Sees } from './described.ts';

/** An argument of a prompt. Its value is a text. */
export interface McpPromptArgument {
  name: string;
  /** What it is, for people. */
  description?: string;
  /** True if the prompt cannot be used without it. Default: false. */
  required?: boolean;
}

interface GetOptions<C extends object> {
  /** The context of the request, as procedures receive it. */
  ctx: C;
  /** The values of the arguments. All required ones are present, and there are no others than the prompt has. */
  args: Readonly<Record<string, string>>;
  /** Is aborted if the client cancels the request or disconnects. */
  signal: AbortSignal;
}

/** A prompt that clients offer to people, such as in a menu. */
export interface McpPrompt<C extends object> extends Described {
  arguments?: readonly McpPromptArgument[];
  /** Returns its messages. A text is one message of a person. */
  get: (options: GetOptions<C>) => Eventual<string | PromptMessage[]>;
}

/** A prompt as clients see it. */
export interface PromptDescription extends Omit<Described, 'procedure'> {
  arguments?: McpPromptArgument[];
}

/** A prompt that a client gets. */
export interface FoundPrompt<C extends object> {
  /** The procedure that decides who may get it, if there is one. */
  called: CalledProcedure | undefined;
  description: string | undefined;
  /** @throws {ApiError} INVALID_INPUT for wrong arguments. */
  get: (options: Omit<GetOptions<C>, 'args'>, args: Record<string, string>) => Promise<PromptMessage[]>;
}

/** The prompts of a server. */
export interface Prompts<C extends object> {
  list: (sees: Sees) => PromptDescription[];
  find: (name: string) => FoundPrompt<C> | undefined;
}

/**
 * Compiles the definitions of prompts. Those whose procedure does not exist are left out, with a warning.
 * @throws {Error} for two prompts with one name.
 */
export function compilePrompts<C extends object>(
  definitions: readonly McpPrompt<C>[],
  router: AnyTRPCRouter,
  warn: (text: string) => void,
): Prompts<C> {
  const bound = bind(definitions, router, 'prompt', warn);
  const byName = new Map(bound.map((prompt) => [prompt.definition.name, prompt]));
  if (byName.size < bound.length) throw new Error('Two MCP prompts have the same name.');
  return {
    list: (sees) => bound.filter(({ called }) => sees(called)).map(({ definition }) => describe(definition)),
    find(name) {
      const found = byName.get(name);
      if (!found) return undefined;
      const { definition, called } = found;
      return {
        called,
        description: definition.description,
        async get(options, args) {
          checkArguments(definition.arguments ?? [], args);
          const messages = await definition.get({ ...options, args });
          if (typeof messages !== 'string') return messages;
          return [{ role: 'user', content: { type: 'text', text: messages } }];
        },
      };
    },
  };
}

/** @throws {ApiError} INVALID_INPUT if a required argument is absent, or one is unknown. */
function checkArguments(known: readonly McpPromptArgument[], args: Record<string, string>): void {
  const names = new Set(known.map(({ name }) => name));
  const issues = [
    ...known
      .filter(({ name, required }) => required === true && !Object.hasOwn(args, name))
      .map(({ name }) => ({ pointer: pointerTo([name]), message: 'is required' })),
    ...Object.keys(args)
      .filter((name) => !names.has(name))
      .map((name) => ({ pointer: pointerTo([name]), message: 'this prompt has no such argument' })),
  ];
  if (issues.length > 0) throw invalidInput(issues);
}

function describe<C extends object>({
  name,
  title,
  description,
  arguments: args,
}: McpPrompt<C>): PromptDescription {
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(args && { arguments: [...args] }),
  };
}
