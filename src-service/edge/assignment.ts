import type { Session } from '../identity/sessions.ts';
import type { PublishedApplication } from './application-catalog.ts';

/** Whether someone may open an application (B17). */
export function isAssigned(published: PublishedApplication, session: Pick<Session, 'userId' | 'groups'>): boolean {
  if (!published.application.appRoleAssignmentRequired || published.assignedUserIds.has(session.userId)) return true;
  return published.assignedGroupIds.size > 0 && session.groups.some((id) => published.assignedGroupIds.has(id));
}
