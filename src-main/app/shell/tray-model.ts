import type { ApplicationWatch } from '../../../src-shared/connector/application-watch.ts';
import type { AppState } from '../../../src-shared/ipc/app-state.ts';
import type { PageRequest } from '../../../src-shared/ipc/window-models.ts';
import { LOCALES } from '../../../src-shared/text/language.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { CATALOGUES } from '../../../src-shared/text/catalogues.ts';

/** What the tray shows: a colour and a shape each, so that nobody needs to tell colours apart. */
export const TRAY_STATES = ['ok', 'degraded', 'offline', 'paused', 'setup'] as const;
export type TrayState = (typeof TRAY_STATES)[number];

/** Applications that the menu lists (docs/limits.md). */
const LISTED_APPLICATIONS = 8;
/** Longer names are cut, so that the menu stays one. */
const MAX_LABEL_CHARACTERS = 60;

const MARKS: Readonly<Record<ApplicationWatch['status'], string>> = { ok: '✓', failing: '✕', unknown: '○' };

export type TrayCommand = 'stopCapture' | 'open' | 'openPage' | 'pause' | 'resume' | 'undrain' | 'retry' | 'quit';

export interface TrayItem {
  /** Absent on lines that only say something. */
  readonly command?: TrayCommand;
  /** Where `openPage` leads. */
  readonly page?: PageRequest;
  readonly label: string;
}

export interface TrayModel {
  readonly state: TrayState;
  readonly tooltip: string;
  /** Null stands for a separator. */
  readonly items: readonly (TrayItem | null)[];
}

type TrayInput = Pick<
  AppState,
  'applicationWatch' | 'bodyCapture' | 'connector' | 'engine' | 'isPaused' | 'language' | 'service' | 'updates'
>;

/** The tray for a state of the app. Pure. */
export function makeTrayModel(input: TrayInput): TrayModel {
  const text = CATALOGUES[input.language].tray;
  const state = trayState(input);
  const line = statusLine(state, input, text);
  const switching: readonly (TrayItem | null)[] =
    state === 'setup'
      ? []
      : [
          input.isPaused ? { command: 'resume', label: text.resume } : { command: 'pause', label: text.pause },
          ...(isDrained(input) ? [{ command: 'undrain', label: text.undrain } as const] : []),
          ...(state === 'offline' ? [{ command: 'retry', label: text.tryAgainNow } as const] : []),
          null,
        ];
  return {
    state,
    tooltip: [
      `Postern: ${line}`,
      ...captureItems(input)
        .slice(0, 1)
        .map(({ label }) => label),
    ].join('\n'),
    items: [
      { label: line },
      ...captureItems(input),
      ...updateItems(input),
      null,
      ...applicationItems(state, input),
      { command: 'open', label: text.open },
      ...switching,
      { command: 'quit', label: text.quit },
    ],
  };
}

/** Somebody looks at what people send: that is not to be overlooked. */
function captureItems({ bodyCapture: { running }, language }: TrayInput): readonly TrayItem[] {
  if (running === null) return [];
  const { tray: text } = CATALOGUES[language];
  const until = new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit' }).format(
    running.untilMs,
  );
  return [
    { label: text.capturing(cut(running.applicationName), until) },
    { command: 'stopCapture', label: text.stopCapture },
  ];
}

/** A newer version waits until somebody wants it. */
function updateItems({ updates: { release, phase }, language }: TrayInput): readonly TrayItem[] {
  if (release === null) return [];
  const { tray: text } = CATALOGUES[language];
  const label = phase === 'ready' ? text.updateReady(release.version) : text.updateAvailable(release.version);
  return [{ command: 'openPage', page: { page: 'settings', trafficText: '' }, label }];
}

/** The failing first; each leads to where one reads on. */
function applicationItems(state: TrayState, { applicationWatch, language }: TrayInput): readonly (TrayItem | null)[] {
  if (state === 'setup' || state === 'paused' || applicationWatch.listed.length === 0) return [];
  const { tray: text, applicationWatch: words } = CATALOGUES[language];
  const listed = applicationWatch.listed.slice(0, LISTED_APPLICATIONS);
  const more = applicationWatch.ok + applicationWatch.failing + applicationWatch.unknown - listed.length;
  return [
    ...listed.map(({ displayName, status, hop }): TrayItem => {
      const trouble = hop === null ? '' : ` – ${words.failsAt(words.hops[hop])}`;
      return {
        command: 'openPage',
        page: status === 'failing' ? { page: 'traffic', trafficText: displayName } : OVERVIEW,
        label: `${MARKS[status]} ${cut(displayName)}${trouble}`,
      };
    }),
    ...(more > 0 ? [{ command: 'openPage', page: OVERVIEW, label: text.moreApplications(more) } as const] : []),
    null,
  ];
}

const OVERVIEW: PageRequest = { page: 'overview', trafficText: '' };

function cut(name: string): string {
  return name.length <= MAX_LABEL_CHARACTERS ? name : `${name.slice(0, MAX_LABEL_CHARACTERS)}…`;
}

function trayState({ applicationWatch, connector, engine, isPaused }: TrayInput): TrayState {
  if (connector === null) return 'setup';
  if (isPaused || engine?.health === 'stopped') return 'paused';
  if (engine?.health !== 'ok' && engine?.health !== 'degraded') return 'offline';
  return engine.health === 'degraded' || engine.isDraining || applicationWatch.failing > 0 ? 'degraded' : 'ok';
}

function isDrained({ engine, isPaused }: TrayInput): boolean {
  return engine?.isDraining === true && !isPaused;
}

function statusLine(
  state: TrayState,
  { applicationWatch, engine, service }: TrayInput,
  text: Catalogue['tray'],
): string {
  const name = service?.displayName ?? text.theService;
  const applications = text.applications(engine?.applications.length ?? 0);
  switch (state) {
    case 'setup':
      return text.notSetUp;
    case 'ok':
      return text.connected(name, applications);
    case 'degraded':
      if (engine?.health === 'degraded') return text.partlyConnected(name, applications);
      if (engine?.isDraining === true) return text.drained(name);
      return text.someFail(applicationWatch.failing, applications);
    case 'offline':
      return text.notConnected(name);
    case 'paused':
      return text.paused;
  }
}
