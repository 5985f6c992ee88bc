import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import type { NoticeText } from '../health/health-notice.ts';

export type UpdateNotice = 'available' | 'ready' | 'notInstalled';

/** What a notification says of a newer version. Pure. */
export function describeUpdateNotice(kind: UpdateNotice, version: string, language: Language): NoticeText {
  const { notifications: text } = CATALOGUES[language];
  const [title, body] = {
    available: [text.updateAvailable(version), text.updateBody] as const,
    ready: [text.updateReady(version), text.updateBody] as const,
    notInstalled: [text.updateNotInstalled(version), text.updateNotInstalledBody] as const,
  }[kind];
  return { title, body, page: 'settings', trafficText: '' };
}
