import { writeFile } from 'node:fs/promises';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { FailureFinding, SelfTestStep } from '../../src-shared/ipc/diagnostics-models.ts';
import { NO_FILTER } from '../../src-shared/connector/traffic-filter.ts';
import { runSelfTest } from '../app/diagnostics/self-test.ts';
import {
  BUNDLE_LIMITS,
  makeBundle,
  previewBundle,
  type SupportBundle,
  zipBundle,
} from '../app/diagnostics/support-bundle.ts';
import { checkPath, lastCanaryAtMs } from '../app/path-check.ts';
import type { HandlerDependencies } from './handler-dependencies.ts';
import type { Handlers } from './serve.ts';

type DiagnosticsHandlers = Pick<
  Handlers,
  'explainFailure' | 'runSelfTest' | 'readLog' | 'openLogFolder' | 'makeBundle' | 'saveBundle'
>;

const DAY_MS = 86_400_000;

/** The calls of the page “Diagnostics”. */
export function makeDiagnosticsHandlers(dependencies: HandlerDependencies): DiagnosticsHandlers {
  const { state, settings, account, history, traffic, diagnostics, emit } = dependencies;
  const { logBook } = diagnostics;
  let made: SupportBundle | null = null;

  const probeSignIn = async (): Promise<string> => {
    await account.api.listConnectorGroups();
    const text = CATALOGUES[state.current.language].pathCheck;
    return text.mayLook(state.current.account?.displayName ?? text.you);
  };
  const test = (onStep: (step: SelfTestStep) => void): ReturnType<typeof runSelfTest> => {
    const serviceUrl = settings.current.service?.serviceUrl;
    const { fetch, resolveProxy, proxyCredentials } = dependencies;
    return runSelfTest({
      state: () => state.current,
      checkPath:
        serviceUrl === undefined
          ? null
          : (onHop) =>
              checkPath({
                serviceUrl,
                fetch,
                resolveProxy,
                proxyCredentials,
                probeSignIn: state.current.account === null ? null : probeSignIn,
                canaryAtMs: () => lastCanaryAtMs(state.current.engine),
                onHop,
                language: state.current.language,
                signal: new AbortController().signal,
              }),
      probeHistory: async () =>
        (await history.readPage({ beforeSequence: null, filter: NO_FILTER, limit: 1 })).records.length,
      probeKeyStore: diagnostics.probeKeyStore,
      dataFolder: diagnostics.dataFolder,
      now: Date.now,
      onStep,
    });
  };

  return {
    explainFailure: async ({ activityId }): Promise<FailureFinding> => {
      const held = traffic.snapshot().findLast((record) => record.activityId === activityId) ?? null;
      const record = held ?? (await history.findByActivity(activityId).catch(() => null));
      try {
        return { activityId, record, failure: await account.api.readFailure(activityId), serviceProblem: null };
      } catch (error) {
        const isUnknown = error instanceof PosternError && error.code === 'API_NOT_FOUND';
        const serviceProblem = isUnknown ? null : error instanceof Error ? error.message : String(error);
        return { activityId, record, failure: null, serviceProblem };
      }
    },
    runSelfTest: () => test((step) => emit('selfTestStep', step)),
    readLog: ({ after }) => logBook.read(after),
    openLogFolder: () => diagnostics.openFolder(logBook.folder),
    makeBundle: async () => {
      const nowMs = Date.now();
      const selfTest = await test(() => undefined);
      const figures = history.readFigures({ sinceMs: nowMs - DAY_MS, untilMs: nowMs, applicationId: null });
      const filter = { ...NO_FILTER, status: 'failed' } as const;
      const failures = history.readPage({ beforeSequence: null, filter, limit: BUNDLE_LIMITS.failures });
      made = makeBundle({
        state: state.current,
        settings: settings.current,
        selfTest,
        figures: await figures.catch(() => null),
        failures: await failures.then(({ records }) => records).catch(() => []),
        logs: logBook.readFiles(BUNDLE_LIMITS.logBytes),
        versions: diagnostics.versions,
        atMs: nowMs,
        secrets: await diagnostics.readSecrets(),
      });
      return previewBundle(made);
    },
    saveBundle: async () => {
      if (made === null) throw new PosternError('API_INVALID', { message: 'Make a bundle first.' });
      const stamp = new Date().toISOString().slice(0, 16).replace(/[T:]/g, '-');
      const file = await dependencies.chooseFile(`postern-support-${stamp}.zip`);
      if (file === null) return null;
      await writeFile(file, zipBundle(made), { mode: 0o600 });
      return { file };
    },
  };
}
