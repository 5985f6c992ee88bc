import type { Logger } from 'pino';
import type { SignOnRule } from '../../../src-shared/publishing/single-sign-on.ts';
import type { IdentityAssertions } from '../../identity/identity-assertions.ts';
import type { Session } from '../../identity/session.ts';
import type { PublishedApplication } from '../published-application.ts';
import { withAssignedRoles } from '../assignment.ts';
import { isWithin, ruledPath } from '../ruled-path.ts';
import { canonicalHeaderName } from './header-names.ts';
import { compileHeaders } from './header-values.ts';

/** The header that says, signed, who the user is (B81). Whatever begins like it never comes from a client (B30). */
const ASSERTION_HEADER = 'X-Postern-Jwt-Assertion';

/** How one published address tells its backend who the user is. */
export interface AddressSignOn {
  /** Names, as `canonicalHeaderName` has them, that no client may use there (B30), whichever path is asked for. */
  readonly ownNames: ReadonlySet<string>;
  /**
   * The headers of a session, `name, value…`; null where the readings of the path lead to different rules.
   * @param readings of the target
   */
  headersFor(session: Session, readings: readonly string[]): readonly string[] | null;
}

interface CompiledRule {
  readonly path: string;
  readonly compute: (session: Session) => string[];
  /** What was computed. A session that changed is another object, and so is the rule after a change of the settings. */
  readonly known: WeakMap<Session, readonly string[]>;
}

export interface BackendSignOnOptions {
  readonly assertions: Pick<IdentityAssertions, 'forAudience'>;
  readonly log: Logger;
}

/**
 * Single sign-on to backends by headers (B80) and by signed assertions (B81). Made ready when an address is first asked for
 * after a change of the configuration; from then on a request costs look-ups, and nothing where its application uses neither.
 */
export class BackendSignOn {
  readonly #options: BackendSignOnOptions;
  readonly #ready = new WeakMap<PublishedApplication, AddressSignOn>();

  constructor(options: BackendSignOnOptions) {
    this.#options = options;
  }

  /** Null where the backend is told nothing and no name is kept from clients. */
  of(published: PublishedApplication): AddressSignOn | null {
    const { singleSignOnSettings, isIdentityAssertionEnabled } = published.application.onPremisesPublishing;
    // Rules that are switched off still name what the backend believes in: clients must not step in for us.
    const rules = singleSignOnSettings?.headerSignOnSettings?.rules;
    if (rules === undefined && !isIdentityAssertionEnabled) return null;
    const known = this.#ready.get(published);
    if (known !== undefined) return known;
    const made = this.#make(published, rules ?? []);
    this.#ready.set(published, made);
    return made;
  }

  #make(published: PublishedApplication, rules: readonly SignOnRule[]): AddressSignOn {
    const { singleSignOnSettings, isIdentityAssertionEnabled } = published.application.onPremisesPublishing;
    const isByHeader = singleSignOnSettings?.singleSignOnMode === 'aadHeaderBased';
    const log = this.#options.log.child({ applicationId: published.application.id });
    const compiled = (isByHeader ? rules : [])
      .map(({ path, headers }): CompiledRule => {
        const compute = compileHeaders(headers, log);
        return { path: ruledPath(published.pathPrefix, path), compute, known: new WeakMap() };
      })
      .toSorted((a, b) => b.path.length - a.path.length);
    const assertionOf = isIdentityAssertionEnabled
      ? this.#options.assertions.forAudience(published.application.appId)
      : null;
    return {
      ownNames: new Set(rules.flatMap(({ headers }) => headers.map(({ name }) => canonicalHeaderName(name)))),
      headersFor: (asked, readings) => {
        const rule = ruleFor(compiled, readings);
        if (rule === null) return null;
        const session = withAssignedRoles(published, asked);
        const fields = rule === undefined ? NONE : fieldsOf(rule, session);
        return assertionOf === null ? fields : [...fields, ASSERTION_HEADER, assertionOf(session)];
      },
    };
  }
}

const NONE: readonly string[] = [];

/** The most specific rule, undefined where none is for the path; null where that depends on who reads it. */
function ruleFor(rules: readonly CompiledRule[], readings: readonly string[]): CompiledRule | null | undefined {
  const [first = '', ...others] = readings;
  const find = (reading: string): CompiledRule | undefined => rules.find(({ path }) => isWithin(reading, path));
  const rule = find(first);
  return others.every((reading) => find(reading) === rule) ? rule : null;
}

function fieldsOf({ compute, known }: CompiledRule, session: Session): readonly string[] {
  const before = known.get(session);
  if (before !== undefined) return before;
  const fields = compute(session);
  known.set(session, fields);
  return fields;
}
