import type { CallToolResult, GetPromptResult } from '@modelcontextprotocol/server';
import type { ReportProgress } from '../call/progress.ts';
import type { ErrorData } from '../errors/catalog.ts';
import type { PromptDescription } from './prompts.ts';
import type { ResourceDescription, TemplateDescription } from './resources.ts';
import type { ToolDescription } from './tool.ts';

/** What the server offers to the caller of a request. */
export interface Offer {
  tools: Toolbox;
  /** Absent if the server has no resources for any caller. */
  resources?: Library;
  /** Absent if the server has no prompts for any caller. */
  prompts?: PromptBook;
}

/** The tools of one caller. */
export interface Toolbox {
  list: () => Promise<ToolDescription[] | Failure>;
  /** Returns a tool; `undefined` if there is none of that name. */
  find: (name: string) => Promise<FoundTool | undefined>;
}

/** A tool that a client calls. */
export interface FoundTool {
  description: ToolDescription;
  /**
   * Calls the tool. It never throws.
   * @param signal is aborted when the client cancels the call.
   * @param report sends the progress of the call, if the client wants to know it.
   */
  call: (args: unknown, signal: AbortSignal, report?: ReportProgress) => Promise<CallToolResult>;
}

/** The resources of one caller. Its functions do not throw. */
export interface Library {
  list: (signal: AbortSignal) => Promise<ResourceDescription[] | Failure>;
  templates: () => Promise<TemplateDescription[] | Failure>;
  /** Returns the content of a resource; `undefined` if there is none with this URI for the caller. */
  read: (uri: string, signal: AbortSignal) => Promise<SentContent | Failure | undefined>;
}

/** The content of a resource: text, or bytes in Base64. */
export type SentContent = { mimeType: string } & ({ text: string } | { blob: string });

/** The prompts of one caller. Its functions do not throw. */
export interface PromptBook {
  list: () => Promise<PromptDescription[] | Failure>;
  /** Returns a prompt; `undefined` if there is none of that name for the caller. */
  get: (
    name: string,
    args: Record<string, string>,
    signal: AbortSignal,
  ) => Promise<GetPromptResult | Failure | undefined>;
}

/** The error of a request that is no call of a tool. */
export class Failure {
  /** The code of JSON-RPC. */
  readonly code: number;
  /** The fields of the error, as over REST. */
  readonly data: ErrorData;

  constructor(code: number, data: ErrorData) {
    this.code = code;
    this.data = data;
  }
}
