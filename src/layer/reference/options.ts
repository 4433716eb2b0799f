import type { DescribedProcedure } from '../openapi/index.ts';

/** A guide: a page of documentation beside the procedures. */
export interface Guide {
  /** Its path below a common folder, with the extension `.md`, such as `rest.md`. Relative links resolve against it. */
  file: string;
  markdown: string;
  /** The heading under which the navigation lists it. Default: `Guides`. */
  group?: string;
}

/** Where the source code of the API can be read. */
export interface Repository {
  /** The URL to which paths are added, such as `https://github.com/acme/app/blob/main/`. */
  url: string;
  /** Returns the path of the file that defines a procedure, `undefined` if it is not known. */
  fileOf?: (procedure: DescribedProcedure) => string | undefined;
  /** The path of the folder that contains the guides. Links of guides to other files lead to the repository. */
  guides?: string;
}

/** A link of the header. */
export interface HeaderLink {
  label: string;
  /** An absolute path or a URL. */
  href: string;
}

/** The options of the reference: pages for people and programs that describe all procedures. */
export interface DocsOptions {
  /** The path of the reference. Default: `/api/docs`. */
  path?: string;
  /** Links to the source code. Default: none. */
  repository?: Repository;
  /** Returns the guides, in the order of the navigation. It is called once, when they are first needed. */
  guides?: () => Promise<readonly Guide[]> | readonly Guide[];
  /** Returns sentences in Markdown about the limits that a call of a procedure counts against. */
  limitsOf?: (procedure: DescribedProcedure) => readonly string[];
  /** The tools of MCP, to show how agents call a procedure. Default: not shown. */
  mcp?: {
    /** The path of MCP. */
    path: string;
    /** Returns false for a procedure that is not offered as a tool, as `offers` of `mcp` does. */
    offers?: (procedure: DescribedProcedure) => boolean;
  };
  /** The generated client, to show how it calls a procedure. Default: not shown. */
  sdk?: {
    /** The variable of the client. Default: `client`. */
    variable?: string;
    /** The names of resources in the client, by their names in the router, if they differ. */
    resources?: Readonly<Record<string, string>>;
  };
  /**
   * True for a form on each page that calls the procedure, from the reader's browser, with the same checks and limits as
   * any caller. Default: as `isDev` of the router, so it is off in production.
   */
  tryIt?: boolean;
  /** The links of the header, such as to the application. */
  links?: readonly HeaderLink[];
  /** The URL of the icon of the pages. */
  icon?: string;
  /**
   * The key of `localStorage` with the color scheme that a reader has chosen (`light`, `dark` or `auto`), to share it
   * with an application of the same origin. Default: `color-scheme`.
   */
  colorSchemeKey?: string;
}
