import type { PageRequest } from '../../../src-shared/ipc/window-models.ts';
import type { PublishingApi } from '../../account/publishing-api.ts';
import type { EngineLog } from '../../connector/engine-runtime.ts';
import type { AppStateStore } from '../app-state-store.ts';
import type { CaptureController } from '../capture/capture-controller.ts';
import type { ConnectorController } from '../connector-controller.ts';
import type { DesktopShell } from './desktop-shell.ts';
import type { TrayCommand } from './tray-model.ts';

/** What commands of the tray reach. */
export interface TrayActionParts {
  readonly state: AppStateStore;
  readonly log: EngineLog;
  readonly shell: Pick<DesktopShell, 'open' | 'openPage'>;
  readonly connector: Pick<ConnectorController, 'pause' | 'resume' | 'retryNow'>;
  readonly capture: Pick<CaptureController, 'stop'>;
  /** At the service, in the administrator's name. */
  readonly updateConnector: PublishingApi['updateConnector'];
  readonly quit: () => void;
}

const OVERVIEW = { page: 'overview', trafficText: '' } as const;

/** Does what was chosen in the tray. @param page comes with `openPage` */
export function runTrayCommand(command: TrayCommand, page: PageRequest | undefined, parts: TrayActionParts): void {
  const { log, shell, connector, capture, quit } = parts;
  const notKept = (error: unknown): void => log.warn({ error: String(error) }, 'connector.pause-not-kept');
  const actions = {
    open: () => shell.open(),
    openPage: () => shell.openPage(page ?? OVERVIEW),
    pause: () => void connector.pause().catch(notKept),
    resume: () => void connector.resume().catch(notKept),
    stopCapture: () => capture.stop('stopped'),
    retry: () => connector.retryNow(),
    undrain: () => void undrain(parts),
    quit,
  } satisfies Record<TrayCommand, () => void>;
  actions[command]();
}

async function undrain({ state, log, shell, updateConnector }: TrayActionParts): Promise<void> {
  const connectorId = state.current.connector?.connectorId;
  if (connectorId === undefined) return;
  try {
    await updateConnector(connectorId, { isDraining: false });
  } catch (error) {
    // The overview says what is in the way, such as a sign-in.
    log.warn({ error: String(error) }, 'connector.still-drained');
    shell.openPage(OVERVIEW);
  }
}
