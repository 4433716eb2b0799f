import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { LinkButton } from '#src/components/links.tsx';
import { PageFrame } from '#src/components/page-frame.tsx';
import { LANGUAGE_COOKIE } from '#src/locales/languages.ts';
import { getTranslations, Texts } from '#src/locales/server.tsx';
import { api, Hydrate } from '../../../server.tsx';
import { requireUser } from '../../../session.ts';
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

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('settings'))('title') };
}

export default async function SettingsPage() {
  const { id, isGuest } = await requireUser('/settings');
  const t = await getTranslations('settings');
  const chosen = (await cookies()).get(LANGUAGE_COOKIE)?.value;
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
    <PageFrame title={t('title')} size="md">
      <Texts namespaces={['sections', 'settings']}>
        <Hydrate>
          <div className={classes['frame']}>
            <div className={classes['layout']}>
              <SettingsNav groups={groupsFor({ isGuest }).map(({ id: group }) => group)} />
              <div className={classes['content']}>
                <SettingsGroup id="general">
                  {isGuest && (
                    <div role="alert" className={classes['guest']}>
                      <strong>{t('guest.title')}</strong>
                      <p>{t('guest.text')}</p>
                      <LinkButton href="/sign-up?next=%2Fsettings" size="sm" w="fit-content">
                        {t('guest.signUp')}
                      </LinkButton>
                    </div>
                  )}
                  {open && <Administrator />}
                  {!isGuest && <Profile />}
                  <Appearance language={chosen ?? null} />
                </SettingsGroup>
                <SettingsGroup id="chat">
                  <DefaultModel />
                  <ChatInstructions />
                  {!isGuest && <ProviderKeys />}
                </SettingsGroup>
                {!isGuest && (
                  <SettingsGroup id="programs">
                    <ApiKeys />
                    <ConnectedPrograms />
                    <RegisteredPrograms />
                  </SettingsGroup>
                )}
                <SettingsGroup id="usage">
                  <Usage />
                </SettingsGroup>
                <SettingsGroup id="security">
                  {!isGuest && <Password />}
                  <Sessions />
                  <Activity />
                </SettingsGroup>
                <SettingsGroup id="data">
                  {!isGuest && <SharedLinks />}
                  <ImportChats />
                  <YourData userId={id} isGuest={isGuest} />
                </SettingsGroup>
              </div>
            </div>
          </div>
        </Hydrate>
      </Texts>
    </PageFrame>
  );
}
