import { admin } from './admin.ts';
import { auth } from './auth.ts';
import { chat } from './chat.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { failure } from './failure.ts';
import { landing } from './landing.ts';
import { sections } from './sections.ts';
import { settings } from './settings.ts';
import { share } from './share.ts';
import { shell } from './shell.ts';
import { system } from './system.ts';

/** The German catalog. */
export const german = {
  admin,
  auth,
  chat,
  common,
  errors,
  failure,
  landing,
  sections,
  settings,
  share,
  shell,
  system,
};
