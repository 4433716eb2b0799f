import { z } from 'zod';
import { FINDINGS, type FindingCode } from '#contract/findings';

/** What is checked, in the order of reports. */
export const CHECKS = [
  'program',
  'database',
  'migrations',
  'connections',
  'maintenance',
  'clock',
  'disk',
  'secrets',
  'model',
  'files',
  'backup',
  'proxies',
] as const;
export type Check = (typeof CHECKS)[number];

// The type of Object.keys has no names.
const codes = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]];

export const Level = z.enum(['ok', 'warning', 'problem']).meta({
  id: 'Level',
  description:
    '`problem` if something does not work, `warning` if something should be changed, `ok` if nothing is to do.',
});
export type Level = z.output<typeof Level>;

export const Finding = z
  .object({
    check: z.enum(CHECKS).meta({ description: 'What was checked.' }),
    level: Level,
    code: z.enum(codes).meta({ description: 'What was found.', examples: ['backupOff'] }),
    message: z.string().meta({
      description: 'What was found and what to do, in English.',
      examples: [FINDINGS.backupOff],
    }),
    values: z
      .record(z.string(), z.string())
      .meta({ description: 'The values in the message, for messages in other languages.' }),
  })
  .meta({ id: 'Finding', description: 'What a check of the installation has found.' });
export type Finding = z.output<typeof Finding>;

export const SettingInEffect = z
  .object({
    name: z.string().meta({ examples: ['DATABASE_POOL_SIZE'] }),
    value: z
      .string()
      .nullable()
      .meta({
        description:
          'null if it has none, or one that may be secret. Secrets are fingerprints, and URLs have no password.',
        examples: ['10'],
      }),
    source: z.enum(['environment', 'file', 'generated', 'default']).meta({
      description:
        '`file` for .env, `generated` for secrets of DATA_DIR, `default` if the setting is not set.',
    }),
  })
  .meta({ id: 'SettingInEffect', description: 'A setting of the server.' });
export type SettingInEffect = z.output<typeof SettingInEffect>;

export const System = z
  .object({
    level: Level,
    checkedAt: z.date(),
    findings: z.array(Finding),
    settings: z.array(SettingInEffect),
  })
  .meta({ id: 'System', description: 'The state of the installation.' });
export type System = z.output<typeof System>;
