/** The hooks of texts, for client components. Server components get those of react-server.ts (`#texts` in package.json). */
export { useLocale, useTranslations } from 'use-intl/react';
