import type { NextRequest } from 'next/server';
import { createThing, listThings } from '../../../../../api/things.ts';
import { CreatedThing, NewThingOfText, Things } from '../../../../schemas.ts';
import { userOf } from '../../../../users.ts';

/** Follows https://nextjs.org/docs/app/api-reference/file-conventions/route. */
export async function GET(request: NextRequest) {
  if (!userOf(request.headers.get('authorization'))) {
    return Response.json({ error: 'Unauthorized' }, { status: 401 });
  }
  return Response.json(Things.parse(listThings()));
}

export async function POST(request: NextRequest) {
  if (!userOf(request.headers.get('authorization'))) {
    return Response.json({ error: 'Unauthorized' }, { status: 401 });
  }
  const input = NewThingOfText.safeParse(await request.json());
  if (!input.success) return Response.json({ issues: input.error.issues }, { status: 400 });
  return Response.json(CreatedThing.parse(createThing(input.data)), { status: 201 });
}
