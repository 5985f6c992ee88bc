import { z } from 'zod';
import { SESSIONS_SHOWN } from '../../src-shared/ipc/window-models.ts';
import { DEVICES } from '../../src-shared/publishing/read-device.ts';
import { sessionSchema, type SessionView } from '../../src-shared/publishing/session.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { Language } from '../../src-shared/text/language.ts';
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

const SEARCHED_FIELDS = ['userDisplayName', 'userPrincipalName', 'ipAddress'] as const;

const pageSchema = z.object({ value: z.array(sessionSchema), '@odata.nextLink': z.string().optional() });

/**
 * The newest sessions that match, at most `SESSIONS_SHOWN`. The service filters, for it may have far more than a window can show.
 * @param language in which the devices are shown, and so looked for
 */
export async function searchSessions(
  api: AdminApi,
  { text, applicationId }: SessionSearch,
  language: Language,
): Promise<FoundSessions> {
  const query = new URLSearchParams({ $top: String(SESSIONS_SHOWN), $orderby: 'createdDateTime desc' });
  const conditions = [
    ...(text.trim() === '' ? [] : [`(${textCondition(text.trim(), language)})`]),
    ...(applicationId === null ? [] : [`applicationId eq ${quote(applicationId)}`]),
  ];
  if (conditions.length > 0) query.set('$filter', conditions.join(' and '));
  const page = await api.get(`/postern/sessions?${query.toString()}`, pageSchema);
  return { sessions: page.value, hasMore: page['@odata.nextLink'] !== undefined };
}

function textCondition(beginning: string, language: Language): string {
  const fields = SEARCHED_FIELDS.map((field) => `startswith(${field},${quote(beginning)})`);
  const devices = devicesThatBeginWith(beginning, language).map(quote);
  return [...fields, ...(devices.length === 0 ? [] : [`deviceDisplayName in (${devices.join(',')})`])].join(' or ');
}

/** By the names that the service gives them, which are the English ones. */
function devicesThatBeginWith(beginning: string, language: Language): string[] {
  const wanted = beginning.toLowerCase();
  return DEVICES.filter((device) => CATALOGUES[language].sessions.device(device).toLowerCase().startsWith(wanted)).map(
    (device) => CATALOGUES.en.sessions.device(device),
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
