import { Notice, noticeAction } from '#src/components/notice.tsx';
import { useTranslations } from '#texts';

/** The message for an unknown path. `isWithinMain` is true in a layout that has the `main` element. */
export function PageNotFound({ isWithinMain = false }: { isWithinMain?: boolean }) {
  const t = useTranslations('common');
  return (
    <Notice title={t('notFound.title')} text={t('notFound.text')} isWithinMain={isWithinMain}>
      <a className={noticeAction} href="/">
        {t('home')}
      </a>
    </Notice>
  );
}
