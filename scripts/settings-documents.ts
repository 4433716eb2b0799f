import { join } from 'node:path';
import { settings } from '#server/env';

const ROOT = join(import.meta.dirname, '..');

function envExample(): string {
  const blocks = settings().map(
    ({ name, description, example }) => `# ${description}\n# Example: ${example}\n${name}=\n`,
  );
  return `# Copy this file to .env and set what you need. An empty variable has its default.\n\n${blocks.join('\n')}`;
}

function configuration(): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const rows = settings().map(
    ({ name, description, example }) => `| \`${name}\` | ${cell(description)} | \`${cell(example)}\` |`,
  );
  return `# Configuration

Environment variables, or a \`.env\` file in the project's folder (see \`.env.example\`). An empty variable has its
default. A wrong value stops the start with a message that names the variable, what was wrong and an example.

| Variable | What it is for | Example |
| --- | --- | --- |
${rows.join('\n')}
`;
}

/** What is written from the schema of server/env.ts: each file's path with its text. */
export function settingsDocuments(): { path: string; text: string }[] {
  return [
    { path: join(ROOT, '.env.example'), text: envExample() },
    { path: join(ROOT, 'docs/configuration.md'), text: configuration() },
  ];
}
