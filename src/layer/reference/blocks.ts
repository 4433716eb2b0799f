import type { Shape } from './shapes.ts';

/** A link to another page of the reference. */
export interface PageLink {
  /** The path of the page below the path of the reference, `''` for the first page. */
  path: string;
  /** The text of the link. */
  text: string;
  /** A short word beside the link, such as the kind of a procedure. */
  tag?: string;
  /** A text beside the link. */
  note?: string;
}

/** A labelled fact about the subject of a page. */
export interface Fact {
  label: string;
  /** Its text in Markdown; several paragraphs are several facts of one label. */
  texts: readonly string[];
}

/** A part of a page. Each page is described once by its parts, and written as HTML and as Markdown from them. */
export type Block =
  | { kind: 'heading'; text: string; id: string }
  | { kind: 'text'; markdown: string }
  /** A remark that a reader must not miss. */
  | { kind: 'note'; markdown: string }
  | { kind: 'facts'; facts: readonly Fact[] }
  /** A request line of REST. */
  | { kind: 'endpoint'; method: string; path: string }
  | { kind: 'shape'; shape: Shape }
  | { kind: 'code'; title: string; language: string; code: string }
  | { kind: 'links'; links: readonly PageLink[]; isCompact?: boolean }
  /** The same call by several callers, of which a reader chooses one. */
  | { kind: 'snippets'; snippets: readonly Snippet[] }
  | { kind: 'errors'; errors: readonly ListedError[] }
  /** The place of the form that calls the procedure; `path` has what it needs. */
  | { kind: 'trial'; path: string };

/** The call of a procedure by one caller. */
export interface Snippet {
  /** The caller, as an identifier. */
  id: string;
  /** The caller, for people. */
  title: string;
  language: string;
  code: string;
}

/** An error code in a list. */
export interface ListedError {
  code: string;
  status: number;
  title: string;
  /** What to do, in Markdown. */
  action: string;
  /** True if the meta of a procedure names the code, so that the others do not report it. */
  isNamed: boolean;
}

/** A page of the reference. */
export interface Page {
  /** The path below the path of the reference, without an extension; `''` for the first page. */
  path: string;
  title: string;
  /** What the subject is, above the title. */
  label?: string;
  /** The first paragraphs, in Markdown. */
  lead?: string;
  /** The section of the navigation that the page belongs to. */
  section: string;
  blocks: readonly Block[];
  /** Examples beside the blocks. */
  aside?: readonly Block[];
  /** The place of the source code. */
  source?: string;
}
