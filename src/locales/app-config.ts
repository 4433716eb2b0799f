import type {} from 'use-intl';
import type { english } from './en/index.ts';

/** Types the keys and the arguments of all texts by the English catalog. */
declare module 'use-intl' {
  interface AppConfig {
    Messages: typeof english;
  }
}
