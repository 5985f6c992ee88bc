import type { ApplicationWatch } from '../../../src-shared/connector/application-watch.ts';
import type { ConnectorProblem } from '../../../src-shared/connector/engine-state.ts';
import type { PageRequest } from '../../../src-shared/ipc/window-models.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import { sayCauseInShort, sayProblem } from '../../../src-shared/text/say-error.ts';

/** A change of health that has lasted long enough to be told. */
export type HealthNotice =
  | {
      readonly kind: 'connected' | 'partlyConnected' | 'disconnected';
      readonly problem: ConnectorProblem | null;
      /** How many this connector serves, as far as is known: 0 until it has once been connected. */
      readonly applications: number;
    }
  | { readonly kind: 'applicationFails' | 'applicationWorks'; readonly application: ApplicationWatch }
  | { readonly kind: 'applicationsFail' | 'applicationsWork'; readonly count: number };

/** The words, and where in the window one reads on. */
export interface NoticeText extends PageRequest {
  readonly title: string;
  readonly body: string;
}

/** What a notification says. Pure. */
export function describeNotice(notice: HealthNotice, language: Language, serviceName: string | null): NoticeText {
  const { notifications: text, tray, applicationWatch } = CATALOGUES[language];
  const service = serviceName ?? tray.theService;
  const onOverview = { page: 'overview', trafficText: '' } as const;
  switch (notice.kind) {
    case 'connected':
      return { title: text.connected(service), body: text.connectedBody(notice.applications), ...onOverview };
    case 'partlyConnected':
      return {
        title: text.partlyConnected(service),
        body: notice.problem === null ? text.partlyConnectedBody : sayProblem(notice.problem, language).message,
        ...onOverview,
      };
    case 'disconnected':
      return {
        title: text.disconnected(service),
        body: [
          notice.applications === 0 ? text.disconnectedFromStart : text.disconnectedBody(notice.applications),
          ...(notice.problem === null ? [] : [sayProblem(notice.problem, language).message]),
        ].join(' '),
        ...onOverview,
      };
    case 'applicationFails': {
      const { displayName, hop, code } = notice.application;
      const cause = sayCauseInShort(code, notice.application.cause, language);
      const where = hop === null ? '' : applicationWatch.failsAt(applicationWatch.hops[hop]);
      const body = cause === null ? where : `${where}: ${cause}`;
      return { title: text.applicationFails(displayName), body, page: 'traffic', trafficText: displayName };
    }
    case 'applicationWorks':
      return { title: text.applicationWorks(notice.application.displayName), body: text.worksBody, ...onOverview };
    case 'applicationsFail':
      return { title: text.applicationsFail(notice.count), body: text.manyBody, ...onOverview };
    case 'applicationsWork':
      return { title: text.applicationsWork(notice.count), body: text.worksBody, ...onOverview };
  }
}
