'use client';

import { Button } from '@mantine/core';
import { trpc } from '#src/client/trpc.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import { Section } from '#src/components/section.tsx';
import { useTranslations } from '#texts';
import classes from './system.module.css';
import type { SystemReportProps } from './system-report.tsx';

const report = onDemand<SystemReportProps>(() =>
  import('./system-report.tsx').then((module) => module.SystemReport),
);

/** The checks of the installation. They run when the admin asks for them, because one of them costs tokens of a model. */
export function System() {
  const t = useTranslations('system');
  const { messageOf } = useErrorMessages();
  const system = trpc.protected.system.useQuery(undefined, { enabled: false, retry: false });
  useLoad(report, system.isFetching, () => undefined);
  return (
    <div className={classes['system']}>
      <Section id="system" titleAs="h2" title={t('title')} description={t('description')}>
        <div>
          <Button variant="default" loading={system.isFetching} onClick={() => void system.refetch()}>
            {t(system.data ? 'checkAgain' : 'check')}
          </Button>
        </div>
        {system.error && (
          <ErrorNote onRetry={() => void system.refetch()}>{messageOf(system.error)}</ErrorNote>
        )}
        {system.data && <report.View props={{ system: system.data }} />}
      </Section>
    </div>
  );
}
