import type { ApplicationRejection } from '../../../src-shared/connector/engine-state.ts';
import type { ApplicationHealth } from '../../../src-shared/publishing/application-health.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import type { Language } from '../../../src-shared/text/language.ts';
import { sayCause } from '../../../src-shared/text/say-error.ts';
import type { Status } from '../../ui/status-mark.tsx';

/** How an application does, in a word and with what is behind it. */
export interface ApplicationStatus {
  /** Null where nothing is known. */
  readonly mark: Status | null;
  readonly word: string;
  /** The whole story, for whoever asks. */
  readonly detail: string;
  /** The worse, the lower. */
  readonly rank: number;
}

const RANK = { down: 0, rejected: 1, degraded: 2, disabled: 3, unknown: 4, ok: 5 } as const;

/**
 * @param health as users' requests at the service showed it; undefined where it is not known
 * @param rejection why this machine does not take the application as it is configured now
 */
export function describeApplicationStatus(
  application: Application,
  health: ApplicationHealth | undefined,
  rejection: ApplicationRejection | undefined,
  text: Catalogue['applicationStatus'],
  language: Language,
): ApplicationStatus {
  if (!application.onPremisesPublishing.isOnPremPublishingEnabled) {
    return { mark: 'paused', word: text.disabled, detail: text.disabledDetail, rank: RANK.disabled };
  }
  if (health?.status === 'down')
    return { mark: 'offline', ...describeFailure(health, text, language), rank: RANK.down };
  if (rejection !== undefined) {
    return {
      mark: 'degraded',
      word: text.rejected,
      detail: text.rejectedDetail(rejection.reason),
      rank: RANK.rejected,
    };
  }
  if (health?.status === 'degraded')
    return { mark: 'degraded', ...describeFailure(health, text, language), rank: RANK.degraded };
  if (health?.status === 'ok') return { mark: 'ok', word: text.ok, detail: text.okDetail, rank: RANK.ok };
  return { mark: null, word: text.unknown, detail: text.unknownDetail, rank: RANK.unknown };
}

function describeFailure(
  { failingHop, lastError }: ApplicationHealth,
  text: Catalogue['applicationStatus'],
  language: Language,
): { word: string; detail: string } {
  if (failingHop === null || lastError === null) return { word: text.noConnector, detail: text.noConnectorDetail };
  const cause = sayCause(lastError.code, lastError.message, language);
  const detail = `${lastError.code}${cause === null ? '' : `: ${cause}`}`;
  return { word: text.failsAt(text.hop[failingHop]), detail };
}
