import { join } from 'node:path';
import { settings } from '#server/env';

const ROOT = join(import.meta.dirname, '..');

function envExample(): string {
  const blocks = settings().map(
    ({ name, description, example }) => `# ${description}\n# Example: ${example}\n${name}=\n`,
  );
  return `# Copy this file to .env and set what you need. An empty variable has its default value.\n\n${blocks.join('\n')}`;
}

function configuration(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = settings().map(
    ({ name, description, example }) => `| \`${name}\` | ${cell(description)} | \`${cell(example)}\` |`,
  );
  return `# Configuration

Settings are environment variables, or lines of a \`.env\` file in the project's folder (see \`.env.example\`). An empty
variable has its default value. An invalid value stops the start with a message that names the variable and has an example.

| Variable | Description | Example |
| --- | --- | --- |
${rows.join('\n')}
`;
}

/** Returns the path and the text of each file that is generated from the schema of server/env.ts. */
export function settingsDocuments(): { path: string; text: string }[] {
  return [
    { path: join(ROOT, '.env.example'), text: envExample() },
    { path: join(ROOT, 'docs/configuration.md'), text: configuration() },
  ];
}
