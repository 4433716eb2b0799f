import { PageNotFound } from '../../page-not-found.tsx';

export default function NotFound() {
  return <PageNotFound isWithinMain />;
}
