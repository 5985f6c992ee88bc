import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import { sessionOf } from '../identity/sessions.ts';
import type { Session } from '../identity/session.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

const LONGEST = 2048;
/** Values parted by commas. */
const list = z
  .string()
  .max(LONGEST)
  .transform((text) => text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()])));

/** A request that nobody makes: `/postern/accessEvaluation?url=…&user=…&ipAddress=…`. */
const querySchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'must be the whole address, such as https://hr.example.com/leave' })
    .max(LONGEST),
  ipAddress: z.union([z.ipv4(), z.ipv6()], { error: 'must be the IP address from which the request would come' }),
  /** Object id or user principal name; nobody is signed in without it. */
  user: z.string().min(1).max(256).optional(),
  dateTime: z.iso.datetime({ offset: true, error: 'must be a time such as 2026-03-01T22:30:00+01:00' }).optional(),
  /** In place of what the user's latest session says. */
  groups: list.optional(),
  roles: list.optional(),
  amr: list.optional(),
  acr: z.string().max(256).optional(),
  acrs: list.optional(),
  /** How long ago the user proved who they are. */
  authenticationAgeSeconds: z.coerce.number().int().min(0).optional(),
});
type Query = z.infer<typeof querySchema>;

/** "May alice open /hr from 203.0.113.7?": the gate's own judgement, without a request. A read, which changes and logs nothing. */
export function registerAccessEvaluationRoute(server: ApiServer, options: ApiOptions): void {
  const { evaluateAccess, clock } = options;

  server.get('/postern/accessEvaluation', { schema: { querystring: querySchema } }, async ({ query }) => {
    const nowMs = query.dateTime === undefined ? clock() : Date.parse(query.dateTime);
    const found = query.user === undefined ? null : await findSession(query.user, options);
    const session = found === null ? null : withAnswers(found.session, query, nowMs);
    const evaluation = evaluateAccess({ url: new URL(query.url), session, remoteAddress: query.ipAddress, nowMs });
    const { requirement, ...rest } = evaluation;
    return {
      ...rest,
      requirement,
      user: session && {
        id: session.userId,
        displayName: session.displayName,
        userPrincipalName: session.userPrincipalName,
        groups: session.groups,
        roles: session.roles,
      },
      // Groups, roles and the strength of a sign-in are known of those who are signed in alone.
      userSource: found?.source ?? null,
    };
  });
}

/** The latest session of a user, else one made up of what is known of them. @throws PosternError `API_NOT_FOUND` */
async function findSession(
  user: string,
  { store, configuration, clock }: ApiOptions,
): Promise<{ readonly session: Session; readonly source: 'latestSession' | 'directory' }> {
  const orderBy = [{ field: 'createdDateTime', isDescending: true }];
  for (const field of ['userId', 'userPrincipalName']) {
    const conditions = [{ field, operator: 'eq', value: user }] as const;
    const [latest] = (await store.sessions.page({ conditions, orderBy, top: 1, after: null })).items;
    if (latest !== undefined) return { session: sessionOf(latest), source: 'latestSession' };
    const [known] = (
      await store.users.page({
        conditions: [{ ...conditions[0], field: field === 'userId' ? 'id' : field }],
        orderBy: [],
        top: 1,
        after: null,
      })
    ).items;
    if (known === undefined) continue;
    const nowMs = clock();
    const session: Session = {
      id: '',
      userId: known.id,
      tenantId: '',
      displayName: known.displayName,
      userPrincipalName: known.userPrincipalName,
      groups: [],
      roles: [],
      createdAtMs: nowMs,
      expiresAtMs: nowMs,
      providerId: known.identityProviderId || (listIdentityProviders(configuration)[0]?.id ?? ''),
      providerSubject: null,
      providerSessionId: null,
      authenticatedAtMs: nowMs,
      acr: null,
      amr: [],
      provenContexts: [],
      userAgent: '',
      deviceDisplayName: '',
      remoteAddress: '',
      signedOutHosts: {},
    };
    return { session, source: 'directory' };
  }
  throw new PosternError('API_NOT_FOUND', {
    message: `user: nobody is known by ${user}. Give the object id or the user principal name of somebody who has signed in or is in the directory.`,
    target: 'user',
  });
}

function withAnswers(session: Session, query: Query, nowMs: number): Session {
  const { groups, roles, amr, acr, acrs, authenticationAgeSeconds: age } = query;
  return {
    ...session,
    ...(groups !== undefined && { groups }),
    ...(roles !== undefined && { roles }),
    ...(amr !== undefined && { amr }),
    ...(acr !== undefined && { acr }),
    ...((acr !== undefined || acrs !== undefined) && { provenContexts: [] }),
    claims: {
      ...session.claims,
      ...(groups !== undefined && { hasgroups: 'false' }),
      ...(acrs !== undefined && { acrs }),
    },
    ...(age !== undefined && { authenticatedAtMs: nowMs - age * 1000 }),
  };
}
