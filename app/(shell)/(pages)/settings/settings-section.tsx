import type { ReactNode } from 'react';
import { Section } from '#src/components/section.tsx';
import { useTranslations } from '#texts';
import type { SectionId } from './sections.ts';

interface SettingsSectionProps {
  id: SectionId;
  description?: ReactNode;
  children: ReactNode;
}

/** A section of the settings. */
export function SettingsSection({ id, ...props }: SettingsSectionProps) {
  const t = useTranslations('sections');
  return <Section id={id} title={t(id)} {...props} />;
}
