export { PageLayout as default } from '../chat/page-layout.tsx';
