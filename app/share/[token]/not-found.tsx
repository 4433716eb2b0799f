import { Notice, noticeAction } from '#src/components/notice.tsx';
import { useTranslations } from '#texts';

export default function SharedChatNotFound() {
  const t = useTranslations('share.notFound');
  const tCommon = useTranslations('common');
  return (
    <Notice title={t('title')} text={t('text')}>
      <a className={noticeAction} href="/">
        {tCommon('home')}
      </a>
    </Notice>
  );
}
