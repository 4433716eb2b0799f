import type { OauthScope } from '#contract/oauth';

/** The permissions of connected programs in words. */
export const SCOPE_WORDS: Record<OauthScope, { label: string; description?: string }> = {
  read: { label: 'Read everything', description: 'Your chats, profile and usage' },
  write: {
    label: 'Read and change everything',
    description: 'Send messages, rename, share and delete chats, edit your profile',
  },
  'chat:read': { label: 'Read your chats' },
  'chat:write': {
    label: 'Read and change your chats',
    description: 'Send messages, rename, share and delete chats',
  },
  'users:read': { label: 'Read your profile' },
  'users:write': { label: 'Read and change your profile' },
  'protected:read': { label: 'Read your usage' },
  'protected:write': { label: 'Read and change the settings of your account' },
};
