import type { Logger } from 'pino';
import type { SignOnHeader } from '../../../src-shared/publishing/single-sign-on.ts';
import { claimValues } from '../../identity/session-claims.ts';
import type { Session } from '../../identity/session.ts';
import { type Transform, compileTransformations } from './transformations.ts';

/** Octets of one header's value, and of all that one rule sends: with the user's own headers they must fit one frame. */
const SIGN_ON_HEADER_BYTES = { value: 4096, rule: 8192 } as const;

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;

/** A header of a rule, ready to be filled in. */
interface CompiledHeader {
  readonly name: string;
  readonly valueOf: (session: Session) => string;
}

/**
 * What makes the headers of one rule for a session: `name, value…`, each value octets as characters.
 * @throws Error what is wrong with a pattern
 */
export function compileHeaders(headers: readonly SignOnHeader[], log: Logger): (session: Session) => string[] {
  const compiled = headers.map(compileHeader);
  return (session) => {
    const fields: string[] = [];
    let bytes = 0;
    for (const { name, valueOf } of compiled) {
      // As backends behind Apache, IIS and nginx have it: the octets of UTF-8 (RFC 9110 section 5.5, obs-text).
      const value = Buffer.from(valueOf(session), 'utf8').toString('latin1');
      if (value === '') continue;
      bytes += name.length + value.length;
      if (value.length > SIGN_ON_HEADER_BYTES.value || bytes > SIGN_ON_HEADER_BYTES.rule) {
        // Half of the groups would be read as all of them.
        bytes -= name.length + value.length;
        log.warn({ header: name, octets: value.length, userId: session.userId }, 'sign_on.header_left_out');
      } else fields.push(name, value);
    }
    return fields;
  };
}

function compileHeader(header: SignOnHeader): CompiledHeader {
  const { name } = header;
  if (header.source === 'constant') return { name, valueOf: () => header.value.trim() };
  const transform = compileTransformations(header.transformations);
  const { separator } = header;
  const join = (values: readonly string[]): string => joinValues(values, transform, separator);
  switch (header.source) {
    case 'claim':
      return { name, valueOf: (session) => join(claimValues(session, header.claim)) };
    case 'groups':
      return { name, valueOf: ({ groups }) => join(groups) };
    case 'roles':
      return { name, valueOf: ({ roles }) => join(roles) };
  }
}

/**
 * The values, transformed, as one. Whoever may name a group must not be able to make it pass for another: of several values
 * those are left out that contain the separator, and of any those with a control character, which could end a header.
 */
function joinValues(values: readonly string[], transform: Transform, separator: string): string {
  const kept = new Set<string>();
  for (const value of values) {
    const transformed = transform(value);
    if (transformed === null || CONTROL.test(transformed)) continue;
    if (values.length > 1 && transformed.includes(separator)) continue;
    const trimmed = transformed.trim();
    if (trimmed !== '') kept.add(trimmed);
  }
  return [...kept].join(separator);
}
