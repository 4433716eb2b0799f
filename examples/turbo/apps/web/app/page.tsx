import { createCaller } from '@acme/api';

export const dynamic = 'force-dynamic';

/** Calls the router in process, as server components of such projects do. */
export default async function Page() {
  const posts = await createCaller({ source: 'page' }).post.all();
  return (
    <ul>
      {posts.map(({ id, title }) => (
        <li key={id}>{title}</li>
      ))}
    </ul>
  );
}
