import { readDocumentation } from '#server/documentation';
import { type Section, splitMarkdown } from './markdown.ts';

/** A procedure, as the guide describes it. */
export interface GuideProcedure {
  /** The path in the router, such as `chat.send`. */
  name: string;
  type: 'query' | 'mutation' | 'subscription';
  summary: string;
  description?: string;
  /** The HTTP method and the whole path, such as `/api/v1/chats/{id}`, if REST serves it. */
  method?: string;
  path?: string;
}

/** A setting, as `settings()` of server/env.ts lists it. */
export interface GuideSetting {
  name: string;
  description: string;
  example: string;
}

/** The sources of the guide. */
export interface GuideSource {
  procedures: readonly GuideProcedure[];
  settings: readonly GuideSetting[];
  /** The folder of the project, with README.md, CONTRIBUTING.md and docs/. */
  root: string;
}

/** A searchable entry. The search covers `title`, `context` and `text`. */
export type Entry = { title: string; context: string; text: string; place: string } & (
  | { kind: 'section'; section: Section }
  | { kind: 'procedure'; procedure: GuideProcedure }
  | { kind: 'setting'; setting: GuideSetting }
);

/** Reads the documentation and returns all entries. Skips files that do not exist or may not be read. */
export async function readEntries({ procedures, settings, root }: GuideSource): Promise<Entry[]> {
  const pages = await readDocumentation(root);
  return [
    ...pages.flatMap(({ file, markdown }) => splitMarkdown(file, markdown)).map(fromSection),
    ...procedures.map(fromProcedure),
    ...settings.map(fromSetting),
  ];
}

function fromSection(section: Section): Entry {
  const { title, ancestors, file, text, place } = section;
  return { kind: 'section', section, title, context: [...ancestors, file].join(' '), text, place };
}

function fromProcedure(procedure: GuideProcedure): Entry {
  const { name, summary, description = '', path = '' } = procedure;
  const place = `router › ${name}`;
  return {
    kind: 'procedure',
    procedure,
    title: summary,
    context: name,
    text: `${description} ${path}`,
    place,
  };
}

function fromSetting(setting: GuideSetting): Entry {
  const { name, description } = setting;
  return {
    kind: 'setting',
    setting,
    title: name,
    context: 'setting',
    text: description,
    place: `settings › ${name}`,
  };
}
