import { z } from 'zod';
import { SESSIONS_SHOWN } from '../../src-shared/ipc/window-models.ts';
import { sessionSchema, type SessionView } from '../../src-shared/publishing/session.ts';
import type { AdminApi } from './admin-api.ts';

export interface SessionSearch {
  /** The beginning of a name, a device or an address; everything where it is empty. */
  readonly text: string;
  /** Only sessions that opened this application. */
  readonly applicationId: string | null;
}

export interface FoundSessions {
  /** Newest first. */
  readonly sessions: SessionView[];
  readonly hasMore: boolean;
}

/** What one looks for; `$filter` joins by `and` alone, so each is asked for by itself. */
const SEARCHED_FIELDS = ['userDisplayName', 'userPrincipalName', 'deviceDisplayName', 'ipAddress'] as const;

const pageSchema = z.object({ value: z.array(sessionSchema), '@odata.nextLink': z.string().optional() });

/** The newest sessions that match, at most `SESSIONS_SHOWN`. The service filters, for it may have far more than a window can show. */
export async function searchSessions(api: AdminApi, { text, applicationId }: SessionSearch): Promise<FoundSessions> {
  const beginning = text.trim();
  const ofApplication = applicationId === null ? [] : [`applicationId eq ${quote(applicationId)}`];
  const searches =
    beginning === '' ? [[]] : SEARCHED_FIELDS.map((field) => [`startswith(${field},${quote(beginning)})`]);
  const pages = await Promise.all(
    searches.map((search) => {
      const query = new URLSearchParams({ $top: String(SESSIONS_SHOWN), $orderby: 'createdDateTime desc' });
      const conditions = [...search, ...ofApplication];
      if (conditions.length > 0) query.set('$filter', conditions.join(' and '));
      return api.get(`/postern/sessions?${query.toString()}`, pageSchema);
    }),
  );
  const found = new Map(pages.flatMap(({ value }) => value).map((session) => [session.id, session]));
  const newest = [...found.values()].toSorted(
    (one, other) => Date.parse(other.createdDateTime) - Date.parse(one.createdDateTime),
  );
  return {
    sessions: newest.slice(0, SESSIONS_SHOWN),
    hasMore: newest.length > SESSIONS_SHOWN || pages.some((page) => page['@odata.nextLink'] !== undefined),
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
