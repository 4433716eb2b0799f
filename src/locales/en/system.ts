import { FINDINGS } from '#contract/findings';

/** The checks of the installation, for admins. */
export const system = {
  title: 'System',
  description:
    'Checks the settings, the database, the disk, the secrets, backups and proxies, and sends the default model a short question.',
  check: 'Check now',
  checkAgain: 'Check again',
  checked: 'Checked: <time></time>',
  levels: { ok: 'OK', warning: 'Warning', problem: 'Problem' },
  checks: {
    program: 'Version',
    database: 'Database',
    migrations: 'Migrations',
    connections: 'Connections',
    maintenance: 'Maintenance',
    clock: 'Clock',
    disk: 'Disk',
    secrets: 'Secrets',
    model: 'Model',
    files: 'Files',
    backup: 'Backups',
    proxies: 'Proxies',
  },
  findings: FINDINGS,
  settings: 'Settings in effect',
  sources: {
    environment: 'Environment',
    file: '.env',
    generated: 'Generated',
    default: 'Default',
  },
  hidden: 'Set, not shown',
  none: 'Not set',
} as const;
