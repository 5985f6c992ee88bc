import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import type { NoticeText } from '../health/health-notice.ts';

/** What a notification says of a newer version. Pure. */
export function describeUpdateNotice(kind: 'available' | 'ready', version: string, language: Language): NoticeText {
  const { notifications: text } = CATALOGUES[language];
  const told = kind === 'available' ? text.updateAvailable(version) : text.updateReady(version);
  return { title: told, body: text.updateBody, page: 'settings', trafficText: '' };
}
