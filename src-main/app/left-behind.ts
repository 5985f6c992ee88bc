import { asPosternError } from '../../src-shared/errors/postern-error.ts';
import { LEFT_BEHIND_KINDS, type LeftBehindKind } from '../../src-shared/ipc/app-state.ts';
import type { AppStateStore } from './app-state-store.ts';
import { MAX_TAKEN_BACK, type SettingsStore } from './settings-store.ts';
import { tellError } from './spoken-error.ts';
import type { TakenBack, UndoableCreation } from './undoable-creation.ts';

export type Undoable = Pick<UndoableCreation<never, never>, 'undone' | 'restore' | 'retryUndo' | 'leave' | 'forget'>;

export interface LeftBehindListOptions {
  readonly state: AppStateStore;
  readonly settings: SettingsStore;
  readonly log: { readonly warn: (fields: object, event: string) => void };
  readonly creations: () => Readonly<Record<LeftBehindKind, Undoable>>;
}

/**
 * What the person took back and could not be removed at the service: the window shows it, the oldest of a kind first, until it is gone
 * or left be. What is known by its id is kept over a restart.
 */
export class LeftBehindList {
  readonly #options: LeftBehindListOptions;
  readonly #logged = new WeakSet<Error>();

  constructor(options: LeftBehindListOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier start has left. */
  restore(): void {
    const { settings, creations } = this.#options;
    const { takenBack } = settings.current;
    for (const kind of LEFT_BEHIND_KINDS) {
      if (takenBack[kind].length > 0) creations()[kind].restore(takenBack[kind]);
    }
  }

  /** @param all of a kind, oldest first */
  show(kind: LeftBehindKind, all: readonly TakenBack[]): void {
    const { state } = this.#options;
    for (const { error } of all) this.#log(kind, error);
    this.#keep(kind, all);
    const { leftBehind, language } = state.current;
    const first = all.find(({ isTold }) => isTold);
    const problem = (error: unknown): string => tellError(asPosternError(error, 'SERVICE_UNREACHABLE'), language);
    const shown =
      first === undefined
        ? null
        : {
            displayName: first.displayName,
            problem: first.error === null ? '' : problem(first.error),
            isTrying: first.isTrying,
          };
    state.set({ leftBehind: { ...leftBehind, [kind]: shown } });
  }

  tryAgain(kind: LeftBehindKind): void {
    if (this.#options.state.current.leftBehind[kind]?.isTrying === false) this.#options.creations()[kind].retryUndo();
  }

  leave(kind: LeftBehindKind): void {
    this.#options.creations()[kind].leave();
  }

  /** The app goes to another service. */
  forget(): void {
    for (const creation of Object.values(this.#options.creations())) creation.forget();
  }

  /** Before nobody is signed in any more. Waits for what is being taken back, as long as there is a sign-in to do it with; at most for `atMostMs`. */
  async undone(atMostMs: number): Promise<void> {
    const { application, connector } = this.#options.creations();
    await Promise.all([application.undone(atMostMs), connector.undone(atMostMs)]);
  }

  /** Where the disk doesn't take it, the rest goes on: it is lost only to the next start. */
  #keep(kind: LeftBehindKind, all: readonly TakenBack[]): void {
    const { settings } = this.#options;
    const known = all.flatMap(({ id, displayName }) => (id === null ? [] : [{ id, displayName }]));
    const problem = settings.note({
      takenBack: { ...settings.current.takenBack, [kind]: known.slice(-MAX_TAKEN_BACK) },
    });
    if (problem !== null) this.#log(kind, new Error(problem));
  }

  #log(what: LeftBehindKind, error: unknown): void {
    if (!(error instanceof Error) || this.#logged.has(error)) return;
    this.#logged.add(error);
    this.#options.log.warn({ what, error: String(error) }, 'attempt.left-behind');
  }
}
