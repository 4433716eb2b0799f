'use client';

import { Input, type MantineColorScheme, useMantineColorScheme } from '@mantine/core';
import { useMounted } from '@mantine/hooks';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Choice } from '#src/components/choice.tsx';
import { rememberLanguage } from '#src/locales/choice.ts';
import { isLanguage, OFFERED } from '#src/locales/languages.ts';
import { useTranslations } from '#texts';
import { SettingsSection } from './settings-section.tsx';
import classes from './settings.module.css';

const SCHEMES: readonly MantineColorScheme[] = ['auto', 'light', 'dark'];

/** The value of the choice to follow the browser. */
const SYSTEM = 'system';

/** The choice of the language, which this browser remembers. @param chosen the value of its cookie. */
function LanguageChoice({ chosen }: { chosen: string | null }) {
  const t = useTranslations('settings.appearance');
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return (
    <Input.Wrapper label={t('language')} labelElement="div">
      <Choice
        label={t('language')}
        options={[
          { value: SYSTEM, label: t('system') },
          ...Object.entries(OFFERED).map(([language, name]) => ({
            value: language,
            label: (
              <span lang={language} translate="no">
                {name}
              </span>
            ),
          })),
        ]}
        value={chosen ?? SYSTEM}
        disabled={isPending}
        onChange={(value) => {
          rememberLanguage(isLanguage(value) ? value : null);
          startTransition(() => router.refresh());
        }}
      />
    </Input.Wrapper>
  );
}

function ColorChoice() {
  const t = useTranslations('settings.appearance');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // The server does not know the choice.
  const isMounted = useMounted();
  return (
    <Input.Wrapper label={t('colors')} labelElement="div">
      <Choice
        label={t('colors')}
        options={SCHEMES.map((value) => ({ value, label: t(value) }))}
        value={isMounted ? colorScheme : 'auto'}
        onChange={setColorScheme}
      />
    </Input.Wrapper>
  );
}

/** The choice of the colors and of the language. @param language the value of the cookie of the language. */
export function Appearance({ language }: { language: string | null }) {
  const t = useTranslations('settings.appearance');
  return (
    <SettingsSection id="appearance" description={t('description')}>
      <div className={classes['columns']}>
        <ColorChoice />
        <LanguageChoice chosen={language} />
      </div>
    </SettingsSection>
  );
}
