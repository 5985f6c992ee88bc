import type { AppState, DrainOrigin } from '../../src-shared/ipc/app-state.ts';
import type { AppStateStore } from './app-state-store.ts';

export interface WatchDrainsOptions {
  readonly state: AppStateStore;
  /** Asks the service's audit in the administrator's name. */
  readonly findOrigin: (connectorId: string) => Promise<DrainOrigin | null>;
}

/** After a failure. */
const ASK_AGAIN_MS = 30_000;

/** Finds out who let this connector run empty, and when, as soon as somebody is signed in who may know. */
export function watchDrains({ state, findOrigin }: WatchDrainsOptions): void {
  /** Of what it was asked last; not again before it is answered, or `ASK_AGAIN_MS` after a failure. */
  let asked: string | null = null;

  const ask = async (question: string, connectorId: string): Promise<void> => {
    // That it drains is known and shown; by whom is a help, and no trouble where it can't be told.
    const drainOrigin = await findOrigin(connectorId).catch(() => {
      const forget = (): void => {
        if (asked !== question) return;
        asked = null;
        look(state.current);
      };
      setTimeout(forget, ASK_AGAIN_MS).unref();
      return null;
    });
    if (asked === question) state.set({ drainOrigin });
  };

  const look = ({ engine, account, signIn, drainOrigin }: AppState): void => {
    if (engine?.isDraining !== true) {
      asked = null;
      if (drainOrigin !== null) state.set({ drainOrigin: null });
      return;
    }
    if (account === null || signIn.isRequired) return;
    const question = `${engine.connectorId} ${account.userName}`;
    if (question === asked) return;
    asked = question;
    void ask(question, engine.connectorId);
  };
  state.onChange(look);
}
