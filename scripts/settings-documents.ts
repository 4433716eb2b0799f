import { join } from 'node:path';
import { type Setting, settings } from '#server/env';

const ROOT = join(import.meta.dirname, '..');

/** Returns the settings by subject. */
const groups = () => Map.groupBy(settings(), ({ group }) => group);

/** Returns the example of a setting, or nothing if it is the default. */
const exampleOf = ({ example, fallback }: Setting) => (example === fallback ? '' : example);

function envExample(): string {
  const blockOf = (setting: Setting) => {
    const example = exampleOf(setting);
    const lines = [
      `# ${setting.description}`,
      ...(setting.fallback === '' ? [] : [`# Default: ${setting.fallback}`]),
      ...(example === '' ? [] : [`# Example: ${example}`]),
    ];
    return `${lines.join('\n')}\n${setting.name}=\n`;
  };
  const sections = [...groups()].map(([group, all]) => `## ${group}\n\n${all.map(blockOf).join('\n')}`);
  return `# Copy this file to .env and set what you need. An empty variable has its default value.\n\n${sections.join('\n')}`;
}

function configuration(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const code = (text: string) => (text === '' ? '' : `\`${cell(text)}\``);
  const tableOf = (all: Setting[]) => {
    const withExamples = all.some((setting) => exampleOf(setting) !== '');
    const line = (cells: string[]) => `| ${cells.slice(0, withExamples ? 4 : 3).join(' | ')} |`;
    const rows = all.map((setting) => [
      code(setting.name),
      cell(setting.description),
      code(setting.fallback),
      code(exampleOf(setting)),
    ]);
    const head = ['Variable', 'Description', 'Default', 'Example'];
    return [head, head.map(() => '---'), ...rows].map(line).join('\n');
  };
  const sections = [...groups()].map(([group, all]) => `## ${group}\n\n${tableOf(all)}\n`);
  return `# Configuration

Settings are environment variables, or lines of a \`.env\` file in the project's folder (see \`.env.example\`). An empty
variable has its default value. A setting without a default is optional. If a value is invalid, the server does not start.
The message names the variable and has an example.

${sections.join('\n')}`;
}

/** Returns the path and the text of each file that is generated from the schema of server/env.ts. */
export function settingsDocuments(): { path: string; text: string }[] {
  return [
    { path: join(ROOT, '.env.example'), text: envExample() },
    { path: join(ROOT, 'docs/configuration.md'), text: configuration() },
  ];
}
