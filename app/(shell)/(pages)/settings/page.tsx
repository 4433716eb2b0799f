import { Alert, Stack } from '@mantine/core';
import type { Metadata } from 'next';
import { LinkButton } from '#src/components/links.tsx';
import { PageFrame } from '#src/components/page-frame.tsx';
import { api, Hydrate, requireUser } from '../../../server.tsx';
import { Activity } from './activity.tsx';
import { Administrator } from './administrator.tsx';
import { ApiKeys } from './api-keys.tsx';
import { Appearance } from './appearance.tsx';
import { ChatInstructions } from './chat-instructions.tsx';
import { ConnectedPrograms } from './connected-programs.tsx';
import { DefaultModel } from './default-model.tsx';
import { ImportChats } from './import-chats.tsx';
import { FIRST_ITEMS, NEWEST_IMPORT, USAGE_PERIOD } from './list-input.ts';
import { Password } from './password.tsx';
import { Profile } from './profile.tsx';
import { ProviderKeys } from './provider-keys.tsx';
import { RegisteredPrograms } from './registered-programs.tsx';
import { groupsFor } from './sections.ts';
import { Sessions } from './sessions.tsx';
import { SettingsGroup } from './settings-group.tsx';
import { SettingsNav } from './settings-nav.tsx';
import classes from './settings.module.css';
import { SharedLinks } from './shared-links.tsx';
import { Usage } from './usage.tsx';
import { YourData } from './your-data.tsx';

export const metadata: Metadata = { title: 'Settings' };

export default async function SettingsPage() {
  const { id, isGuest } = await requireUser('/settings');
  const procedures = await api();
  await Promise.all([
    procedures.users.me.prefetch(),
    procedures.chat.instructions.prefetch(),
    procedures.protected.usage.prefetch(USAGE_PERIOD),
    procedures.protected.sessions.list.prefetchInfinite(FIRST_ITEMS),
    procedures.protected.audit.prefetchInfinite(FIRST_ITEMS),
    procedures.chat.imports.list.prefetch(NEWEST_IMPORT),
    ...(isGuest
      ? []
      : [
          procedures.protected.apiKeys.list.prefetchInfinite(FIRST_ITEMS),
          procedures.protected.clients.list.prefetchInfinite(FIRST_ITEMS),
          procedures.protected.registeredClients.list.prefetchInfinite(FIRST_ITEMS),
          procedures.protected.providerKeys.list.prefetch(),
          procedures.chat.shares.list.prefetchInfinite(FIRST_ITEMS),
        ]),
  ]);
  const { open } = isGuest ? { open: false } : await procedures.protected.adminClaim();
  return (
    <PageFrame title="Settings" size="md">
      <Hydrate>
        <div className={classes['frame']}>
          <div className={classes['layout']}>
            <SettingsNav titles={groupsFor({ isGuest }).map(({ title }) => title)} />
            <Stack gap={40} className={classes['content'] ?? ''}>
              <SettingsGroup title="General">
                {isGuest && (
                  <Alert title="You are a guest" color="ink">
                    Sign up to keep your chats, open them on other devices and create API keys.
                    <LinkButton
                      href="/sign-up?next=%2Fsettings"
                      size="sm"
                      mt="sm"
                      display="block"
                      w="fit-content"
                    >
                      Sign up
                    </LinkButton>
                  </Alert>
                )}
                {open && <Administrator />}
                {!isGuest && <Profile />}
                <Appearance />
              </SettingsGroup>
              <SettingsGroup title="Chat">
                <DefaultModel />
                <ChatInstructions />
                {!isGuest && <ProviderKeys />}
              </SettingsGroup>
              {!isGuest && (
                <SettingsGroup title="Programs">
                  <ApiKeys />
                  <ConnectedPrograms />
                  <RegisteredPrograms />
                </SettingsGroup>
              )}
              <SettingsGroup title="Usage">
                <Usage />
              </SettingsGroup>
              <SettingsGroup title="Security">
                {!isGuest && <Password />}
                <Sessions />
                <Activity />
              </SettingsGroup>
              <SettingsGroup title="Data">
                {!isGuest && <SharedLinks />}
                <ImportChats />
                <YourData userId={id} isGuest={isGuest} />
              </SettingsGroup>
            </Stack>
          </div>
        </div>
      </Hydrate>
    </PageFrame>
  );
}
