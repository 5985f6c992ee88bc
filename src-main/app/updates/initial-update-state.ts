import type { UpdateState } from '../../../src-shared/updates/update-state.ts';
import type { Settings } from '../settings-store.ts';
import type { PackageKind } from './package-kind.ts';
import type { Publisher } from './publisher.ts';

export interface InitialUpdateInput {
  readonly publisher: Publisher;
  /** Null for what was not installed by a package. */
  readonly kind: PackageKind | null;
  readonly isPackaged: boolean;
  readonly settings: Pick<Settings, 'updates' | 'lastUpdateCheck'>;
}

/** What the window shows of updates before anything was looked for. */
export function initialUpdateState({ publisher, kind, isPackaged, settings }: InitialUpdateInput): UpdateState {
  const packaged = publisher.publicKeys.length === 0 ? 'noPublisher' : kind === null ? 'tells' : 'installs';
  return {
    ability: isPackaged ? packaged : 'source',
    isTestPackage: publisher.isForTests,
    builtInFeedUrl: publisher.feedUrl,
    ...settings.updates,
    phase: 'idle',
    release: null,
    progress: null,
    lastCheck: settings.lastUpdateCheck,
    problem: null,
  };
}
