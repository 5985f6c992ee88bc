import os from 'node:os';
import { NO_APPLICATIONS } from '../../src-shared/connector/application-watch.ts';
import { NO_CAPTURE } from '../../src-shared/connector/body-capture.ts';
import { type AppState, NOTHING_LEFT } from '../../src-shared/ipc/app-state.ts';
import { resolveLanguage } from '../../src-shared/text/language.ts';
import type { AppEnvironment } from './app-environment.ts';
import { summariseService } from './service-probe.ts';
import type { Settings } from './settings-store.ts';

export interface FirstAppStateOptions {
  readonly version: string;
  /** BCP 47, of the operating system. */
  readonly locale: string;
  readonly settings: Settings;
  readonly environment: AppEnvironment;
  readonly protection: AppState['protection'];
  readonly updates: AppState['updates'];
}

/** What is known at the start, before anybody has been asked. */
export function firstAppState(options: FirstAppStateOptions): AppState {
  const { version, locale, settings, environment, protection, updates } = options;
  const { service, theme, language, isPathChecked, isSetupFinished, isPaused } = settings;
  return {
    version,
    isWindowShown: false,
    machineName: os.hostname(),
    theme,
    language: resolveLanguage(language, locale),
    languageChoice: language,
    suggestions: { serviceUrl: environment.suggestedServiceUrl, internalUrl: environment.suggestedInternalUrl },
    service: service === null ? null : summariseService(service.serviceUrl, service.description),
    account: null,
    signIn: { phase: 'idle', browser: null, deviceCode: null, isRequired: false },
    connector: null,
    identityProblem: null,
    protection,
    isPathChecked,
    isSetupFinished,
    isPaused,
    engine: null,
    drainOrigin: null,
    engineFault: null,
    applicationWatch: NO_APPLICATIONS,
    bodyCapture: NO_CAPTURE,
    trafficHistory: { kind: 'ready' },
    updates,
    leftBehind: NOTHING_LEFT,
  };
}
