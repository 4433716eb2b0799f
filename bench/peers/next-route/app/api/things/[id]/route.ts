import type { NextRequest } from 'next/server';
import { getThing } from '../../../../../../api/things.ts';
import { GetThingOfText, Thing } from '../../../../../schemas.ts';
import { userOf } from '../../../../../users.ts';

/** Follows https://nextjs.org/docs/app/api-reference/file-conventions/route. */
export async function GET(request: NextRequest, { params }: { params: Promise<{ id: string }> }) {
  if (!userOf(request.headers.get('authorization'))) {
    return Response.json({ error: 'Unauthorized' }, { status: 401 });
  }
  const { id } = await params;
  const input = GetThingOfText.safeParse({
    id,
    since: request.nextUrl.searchParams.get('since') ?? undefined,
  });
  if (!input.success) return Response.json({ issues: input.error.issues }, { status: 400 });
  return Response.json(Thing.parse(getThing(input.data.id)));
}
