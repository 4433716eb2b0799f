/** The variables of a URI, decoded. */
export type Variables = Readonly<Record<string, string>>;

/** A template of URIs (RFC 6570), whose variables are whole segments between slashes. */
export interface Template {
  /** Returns the variables of a URI; `null` if it does not match. */
  match: (uri: string) => Variables | null;
  /** Returns the URI with variables. */
  expand: (variables: Variables) => string;
}

const VARIABLE = /^\{(\w+)\}$/;

/** True if a text has braces, which only templates have. */
export const hasBraces = (uri: string): boolean => /[{}]/.test(uri);

/** @throws {Error} if the template has no variables, or one that is not a whole segment. */
export function compileTemplate(template: string): Template {
  const parts = template.split('/').map((segment) => ({ segment, variable: VARIABLE.exec(segment)?.[1] }));
  const names = parts.flatMap(({ variable }) => variable ?? []);
  const isValid = parts.every(({ segment, variable }) => variable !== undefined || !hasBraces(segment));
  if (names.length === 0 || new Set(names).size < names.length || !isValid) {
    throw new Error(`${template} must have variables such as {id}, each of them between slashes.`);
  }

  return {
    match(uri) {
      const segments = uri.split('/');
      if (segments.length !== parts.length) return null;
      const variables: [string, string][] = [];
      for (const [index, { segment, variable }] of parts.entries()) {
        const sent = segments[index] ?? '';
        if (variable === undefined) {
          if (sent !== segment) return null;
          continue;
        }
        const value = decode(sent);
        if (value === '') return null;
        variables.push([variable, value]);
      }
      return Object.fromEntries(variables);
    },
    expand: (variables) =>
      parts
        .map(({ segment, variable }) =>
          variable === undefined ? segment : encodeURIComponent(variables[variable] ?? ''),
        )
        .join('/'),
  };
}

/** Returns a decoded segment of a URI; `''` if it is not valid. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
