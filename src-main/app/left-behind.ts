import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import type { LeftBehindKind } from '../../src-shared/ipc/app-state.ts';
import type { AppStateStore } from './app-state-store.ts';
import { tellError } from './spoken-error.ts';
import type { UndoableCreation } from './undoable-creation.ts';

type Undoable = Pick<UndoableCreation<never, never>, 'undone' | 'retryUndo' | 'forgetLeft'>;

/** What the person took back and could not be removed at the service: the window shows it until it is gone or left be. */
export class LeftBehindList {
  readonly #state: AppStateStore;
  readonly #creations: () => Readonly<Record<LeftBehindKind, Undoable>>;

  constructor(state: AppStateStore, creations: () => Readonly<Record<LeftBehindKind, Undoable>>) {
    this.#state = state;
    this.#creations = creations;
  }

  /** @param left null where there is nothing any more */
  show(kind: LeftBehindKind, left: { readonly displayName: string; readonly error: unknown } | null): void {
    const { leftBehind, language } = this.#state.current;
    const shown =
      left === null
        ? null
        : {
            displayName: left.displayName,
            problem: tellError(asPosternError(left.error, 'SERVICE_UNREACHABLE'), language),
            isTrying: false,
          };
    this.#state.set({ leftBehind: { ...leftBehind, [kind]: shown } });
  }

  tryAgain(kind: LeftBehindKind): void {
    const { leftBehind } = this.#state.current;
    const left = leftBehind[kind];
    if (left === null || left.isTrying) return;
    this.#state.set({ leftBehind: { ...leftBehind, [kind]: { ...left, isTrying: true } } });
    this.#creations()[kind].retryUndo();
  }

  forget(kind: LeftBehindKind): void {
    this.#creations()[kind].forgetLeft();
    this.show(kind, null);
  }

  /** Waits for what is being taken back, as long as there is a sign-in to do it with; at most for `atMostMs`. */
  async undone(atMostMs: number): Promise<void> {
    const { application, connector } = this.#creations();
    await Promise.all([application.undone(atMostMs), connector.undone(atMostMs)]);
  }
}
