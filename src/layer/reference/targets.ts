import { restTargetOf } from './rest-target.ts';
import { type DescribedSide, exampleInputOf, sideOf } from './sides.ts';
import type { ExampleInput } from './snippets.ts';
import type { ReferenceInfo, Subject } from './subjects.ts';
import type { RpcTarget, Trial } from './trial.ts';

/**
 * Returns what the form of a page needs to call a procedure; `null` if no form can.
 * @param input the described input, if it is known.
 */
export function trialOf(
  subject: Subject,
  info: ReferenceInfo,
  input: DescribedSide = sideOf(subject, 'input'),
): Trial | null {
  const { name, type, endpoint, semantics } = subject;
  if (input && 'gap' in input) return null;
  const { restPath } = info;
  const sent = exampleInputOf(subject, input);
  const rest = endpoint && restPath !== null ? restTargetOf(endpoint, restPath) : null;
  const headers = (semantics?.parameters ?? []).map((parameter) => {
    return { name: parameter.name, description: parameter.description ?? '' };
  });
  const rpc = rpcTargetOf(name, sent, info);
  if (!rest && !rpc) return null;
  return {
    ...{ name, type, rpc },
    input: input?.schema ?? null,
    schemas: input?.schemas ?? {},
    example: sent.example,
    rest: rest && { ...rest, headers },
    key: keyOf(info),
  };
}

function rpcTargetOf(
  name: string,
  { typed, takesFiles }: ExampleInput,
  { rpcPath, format }: ReferenceInfo,
): RpcTarget | null {
  if (rpcPath === null || format === 'other' || takesFiles) return null;
  return {
    url: `${rpcPath}/${name.split('.').map(encodeURIComponent).join('.')}`,
    typed: format === 'json' ? null : typed,
  };
}

/** Returns how a caller sends a key; `null` if the API describes no way to do it. */
function keyOf({ access }: ReferenceInfo): Trial['key'] {
  if (!access) return { header: 'authorization', prefix: 'Bearer ' };
  for (const { type, scheme, in: place, name } of Object.values(access.schemes)) {
    if (type === 'http' && scheme?.toLowerCase() === 'bearer')
      return { header: 'authorization', prefix: 'Bearer ' };
    if (place === 'header' && name !== undefined) return { header: name, prefix: '' };
  }
  return null;
}
