import type { OauthScope } from '#contract/oauth';
import { useTranslations } from '#texts';

/** Returns the permissions of connected programs in words. */
export function useScopeTexts(): Record<OauthScope, { label: string; description?: string }> {
  const t = useTranslations('common.scopes');
  return {
    read: { label: t('read'), description: t('readHint') },
    write: { label: t('write'), description: t('writeHint') },
    'chat:read': { label: t('chatRead') },
    'chat:write': { label: t('chatWrite'), description: t('chatWriteHint') },
    'users:read': { label: t('usersRead') },
    'users:write': { label: t('usersWrite') },
    'protected:read': { label: t('protectedRead') },
    'protected:write': { label: t('protectedWrite') },
  };
}
