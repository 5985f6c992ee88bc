import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { resolveLanguage } from '../../src-shared/text/language.ts';
import type { PublishingApi } from '../account/publishing-api.ts';
import { AbortableCalls } from '../app/abortable-calls.ts';
import { testApplication } from '../app/application-test.ts';
import { testBackend } from '../app/backend-test.ts';
import { CAPTURE_END_MS } from '../app/capture/capture-controller.ts';
import { describeBodies } from '../app/capture/describe-bodies.ts';
import { isLoopbackHost } from '../app/external-links.ts';
import { checkPath, lastCanaryAtMs } from '../app/path-check.ts';
import { findLocalSites } from '../app/local-sites/find-local-sites.ts';
import { replayRequest } from '../app/replay-request.ts';
import { type ProbedService, probeService, summariseService } from '../app/service-probe.ts';
import { withCertificate } from '../app/refused-certificate.ts';
import type { SettingsStore } from '../app/settings-store.ts';
import { SpokenError } from '../app/spoken-error.ts';
import { UNDO_END_MS } from '../app/undoable-creation.ts';
import { previewTranslation } from '../app/translation-preview.ts';
import { makeDiagnosticsHandlers } from './diagnostics-handlers.ts';
import type { HandlerDependencies } from './handler-dependencies.ts';
import type { Handlers } from './serve.ts';

/** What each call of the window does, in terms of the app's parts. */
export function makeHandlers(dependencies: HandlerDependencies): Handlers {
  const { state, settings, account, publications, leftBehind, connector, traffic, history, machine, fetch } =
    dependencies;
  const { intake, keptInputs, liveFigures, lastFailures, updates } = dependencies;
  const publishing = () => account.api;
  let pathCheck = new AbortController();
  const calls = new AbortableCalls();
  /** While there is a token to tell the service with. */
  const signOut = async (): Promise<void> => {
    dependencies.capture.stop('signedOut');
    await Promise.all([dependencies.capture.told(CAPTURE_END_MS), leftBehind.undone(UNDO_END_MS)]);
    await account.signOut();
  };
  const probe = (url: string): Promise<ProbedService> =>
    probeService(fetch, url).catch(async (error: unknown) => {
      const { resolveProxy, proxyCredentials } = dependencies;
      throw await withCertificate(error, {
        serviceUrl: url,
        fetch,
        resolveProxy,
        proxyCredentials,
        language: state.current.language,
      });
    });
  return {
    ...makeDiagnosticsHandlers(dependencies),
    readState: () => state.current,
    readKeptInputs: () => keptInputs.all,
    keepInput: ({ form, text }) => keptInputs.keep(form, text),
    probeService: async ({ url }) => {
      const { serviceUrl, description } = await probe(url);
      return summariseService(serviceUrl, description);
    },
    chooseService: async ({ url }) => {
      const { serviceUrl, description } = await probe(url);
      const summary = summariseService(serviceUrl, description);
      const isOther = settings.current.service?.serviceUrl !== serviceUrl;
      const service = { serviceUrl, description };
      settings.update({ service, ...(isOther ? { isPathChecked: false } : {}) });
      state.set({ service: summary, isPathChecked: settings.current.isPathChecked });
      if (isOther) {
        await signOut();
        leftBehind.forget();
      }
      if (isOther || state.current.account === null) await account.useService(service);
      return summary;
    },
    signIn: ({ method }) => account.signIn(method),
    cancelSignIn: () => account.cancelSignIn(),
    signOut,
    reopenBrowser: async () => {
      const url = state.current.signIn.browser?.url;
      if (url !== undefined) await dependencies.openExternal(url);
    },
    keepSignIn: ({ where }) => account.keepSignIn(where),
    checkPath: async () => {
      pathCheck.abort();
      const own = new AbortController();
      pathCheck = own;
      const hops = await checkPath({
        serviceUrl: needService(settings),
        fetch,
        resolveProxy: dependencies.resolveProxy,
        proxyCredentials: dependencies.proxyCredentials,
        probeSignIn: async () => {
          await publishing().listConnectorGroups();
          const text = CATALOGUES[state.current.language].pathCheck;
          return text.mayAdminister(state.current.account?.displayName ?? text.you);
        },
        canaryAtMs: () => lastCanaryAtMs(state.current.engine),
        onHop: (hop) => {
          if (pathCheck === own) dependencies.emit('pathCheckHop', hop);
        },
        language: state.current.language,
        signal: own.signal,
      });
      if (own.signal.aborted) return hops;
      const isPathChecked = hops.every((hop) => hop.outcome !== 'failed');
      settings.note({ isPathChecked });
      state.set({ isPathChecked });
      return hops;
    },
    cancelPathCheck: () => pathCheck.abort(),
    listConnectorGroups: () => publishing().listConnectorGroups(),
    enrol: ({ displayName, connectorGroupId, attemptId }) =>
      calls.run(attemptId, async (signal) => {
        intake.clear();
        return connector.enrol({ serviceUrl: needService(settings), displayName, connectorGroupId }, signal);
      }),
    abortCall: ({ attemptId }) => calls.abort(attemptId),
    takeBackAgain: ({ kind }) => leftBehind.tryAgain(kind),
    leaveBehind: ({ kind }) => leftBehind.leave(kind),
    finishSetup: () => {
      if (state.current.connector === null) {
        throw new SpokenError('API_INVALID', (text) => text.notEnrolled);
      }
      settings.update({ isSetupFinished: true });
      state.set({ isSetupFinished: true });
    },
    startOver: async () => {
      if (state.current.connector !== null) throw new SpokenError('API_INVALID', (text) => text.isEnrolled);
      pathCheck.abort();
      account.cancelSignIn();
      // First: where the disk does not take it, nothing has changed.
      settings.update({ service: null, isPathChecked: false });
      await signOut();
      leftBehind.forget();
      await account.useService(null);
      state.set({ service: null, isPathChecked: false });
    },
    disconnect: async ({ isHistoryKept }) => {
      const connectorId = state.current.connector?.connectorId;
      await connector.forget();
      intake.clear();
      if (!isHistoryKept) history.clear();
      settings.note({ isSetupFinished: false, isPathChecked: false });
      state.set({ isSetupFinished: false, isPathChecked: false });
      if (connectorId === undefined || state.current.account === null) return { isRemovedAtService: false };
      try {
        await publishing().deleteConnector(connectorId);
        return { isRemovedAtService: true };
      } catch (error) {
        if (error instanceof PosternError && error.code === 'API_NOT_FOUND') return { isRemovedAtService: true };
        // The machine is no connector any more; that the service still lists it is told, not a failure.
        return { isRemovedAtService: false };
      }
    },
    pauseConnector: () => connector.pause(),
    resumeConnector: () => connector.resume(),
    retryConnector: () => connector.retryNow(),
    listConnectors: () => publishing().listConnectors(),
    updateConnector: ({ id, patch }) => publishing().updateConnector(id, patch),
    moveConnector: ({ id, connectorGroupId }) => publishing().moveConnector(id, connectorGroupId),
    revokeConnector: ({ id }) => publishing().revokeConnector(id),
    deleteConnector: ({ id }) => publishing().deleteConnector(id),
    createConnectorGroup: ({ name }) => publishing().createConnectorGroup(name),
    renameConnectorGroup: ({ id, name }) => publishing().renameConnectorGroup(id, name),
    deleteConnectorGroup: ({ id }) => publishing().deleteConnectorGroup(id),
    listEnrolmentTokens: () => publishing().listEnrolmentTokens(),
    createEnrolmentToken: (token) => publishing().createEnrolmentToken(token),
    deleteEnrolmentToken: ({ id }) => publishing().deleteEnrolmentToken(id),
    listApplications: () => publishing().listApplications(),
    createApplication: ({ application, people, attemptId }) =>
      calls.run(attemptId, async (signal) => publications.run({ application, people, attemptId }, signal)),
    readApplication: ({ id }) => publishing().readApplication(id),
    updateApplication: ({ id, patch, ifMatch }) => publishing().updateApplication(id, patch, ifMatch),
    restoreApplication: ({ application, assignments }) => publishing().restoreApplication(application, assignments),
    testApplication: ({ id }) =>
      testApplication(id, {
        guard: dependencies.guard,
        readApplication: (applicationId) => publishing().readApplication(applicationId),
        listConnectors: () => publishing().listConnectors(),
        fetch,
        connectorId: state.current.connector?.connectorId ?? null,
        records: () => traffic.snapshot(),
        language: state.current.language,
      }),
    previewTranslation: (wanted) =>
      previewTranslation(wanted, state.current.engine?.applications ?? [], dependencies.guard),
    listApplicationHealth: () => publishing().listApplicationHealth(),
    saveText: async ({ fileName, text }) => {
      const file = await dependencies.chooseFile(path.basename(fileName));
      if (file !== null) await writeFile(file, text);
      return { isSaved: file !== null };
    },
    deleteApplication: ({ id }) => publishing().deleteApplication(id),
    listAssignments: ({ applicationId }) => publishing().listAssignments(applicationId),
    assignPerson: ({ applicationId, person }) => publishing().assignPerson(applicationId, person),
    assignPrincipal: ({ applicationId, assignment }) => publishing().assignPrincipal(applicationId, assignment),
    unassignPerson: ({ applicationId, assignmentId }) => publishing().unassignPerson(applicationId, assignmentId),
    searchPeople: ({ text }) => publishing().searchPeople(text),
    readPeople: ({ ids }) => publishing().readPeople(ids),
    listIdentityProviders: () => publishing().listIdentityProviders(),
    listSessions: (search) => publishing().listSessions(search, state.current.language),
    revokeSession: ({ id }) => publishing().revokeSession(id),
    revokeUserSessions: ({ userId, identityProviderId }) => publishing().revokeUserSessions(userId, identityProviderId),
    testBackend: ({ internalUrl, isCertificateValidated }) =>
      testBackend(internalUrl, isCertificateValidated, dependencies.guard, state.current.language),
    findLocalSites: () => findLocalSites({ leftOutPorts: ownPorts(settings), guard: dependencies.guard }),
    watchTraffic: ({ filter }) => traffic.watch(filter),
    unwatchTraffic: () => traffic.unwatch(),
    readLiveTraffic: ({ applicationId = null, after, toldApplications }) => {
      const live = liveFigures.read(Date.now(), applicationId, after);
      const told = live.isWhole ? 0 : toldApplications;
      const applications = traffic.applicationsFrom(told);
      return { ...live, applications, toldApplications: told + applications.length };
    },
    readLastFailures: () => lastFailures.read(),
    readTrafficHistory: (query) => history.readPage(query),
    readTrafficHeads: ({ sequence }) => history.readHeads(sequence),
    startBodyCapture: ({ applicationId, minutes }) => dependencies.capture.start(applicationId, minutes),
    stopBodyCapture: () => dependencies.capture.stop('stopped'),
    discardBodies: () => dependencies.capture.discard(),
    readTrafficBodies: async ({ sequence }) => {
      const bodies = dependencies.capture.find(sequence);
      return bodies === null ? null : describeBodies(bodies, await history.readHeads(sequence).catch(() => null));
    },
    readTrafficFigures: ({ applicationId = null, ...span }) => history.readFigures({ ...span, applicationId }),
    exportTraffic: async ({ format, filter }) => {
      const day = new Date().toISOString().slice(0, 10);
      const file = await dependencies.chooseFile(`postern-traffic-${day}.${format}`);
      if (file === null) return null;
      const done = await history.export({ file, format, filter, version: state.current.version });
      return done === null ? null : { file, written: done.written };
    },
    cancelTrafficExport: () => history.cancelExport(),
    replayRequest: async ({ sequence }) => {
      const record = await history.find(sequence);
      if (record === null) throw new SpokenError('API_NOT_FOUND', (text) => text.requestGone);
      const isChecked = await isCertificateChecked(publishing(), record.applicationId);
      return replayRequest(record, isChecked, dependencies.guard);
    },
    readMachineSettings: () => machine.read(),
    saveProxy: ({ proxy, password }) => machine.saveProxy(proxy, password),
    undoProxy: () => machine.undoProxy(),
    addAuthorities: ({ pem }) => machine.addAuthorities(pem),
    removeAuthority: ({ fingerprint }) => machine.removeAuthority(fingerprint),
    saveAllowList: ({ rules }) => machine.saveAllowList(rules),
    checkAllowList: ({ rules, url }) => machine.checkAllowList(rules, url),
    previewAllowList: ({ rules }) => machine.previewAllowList(rules),
    saveRetention: (retention) => machine.saveRetention(retention),
    setStartAtLogin: ({ isOn }) => machine.setStartAtLogin(isOn),
    readVersions: () => machine.readVersions(),
    checkForUpdate: () => updates.check(),
    downloadUpdate: () => updates.download(),
    cancelUpdateDownload: () => updates.cancelDownload(),
    installUpdate: () => updates.install(),
    saveUpdateSettings: (wanted) => updates.save(wanted),
    openExternal: ({ url }) => dependencies.openExternal(url),
    copyText: ({ text }) => dependencies.copyText(text),
    setTheme: ({ theme }) => {
      settings.update({ theme });
      state.set({ theme });
      dependencies.applyTheme(theme);
    },
    setLanguage: ({ choice }) => {
      settings.update({ language: choice });
      state.set({ languageChoice: choice, language: resolveLanguage(choice, dependencies.systemLocale) });
    },
  };
}

/** As the application has it where the service tells; else it is checked. */
async function isCertificateChecked(api: PublishingApi, applicationId: string): Promise<boolean> {
  try {
    const application = (await api.listApplications()).find(({ id }) => id === applicationId);
    return application?.onPremisesPublishing.isBackendCertificateValidationEnabled ?? true;
  } catch {
    return true;
  }
}

/** Where the service and the provider of its administrators stand on this very machine: nothing to be published. */
function ownPorts(settings: SettingsStore): ReadonlySet<number> {
  const { service } = settings.current;
  if (service === null) return new Set();
  const { administratorSignIn, applicationsPort } = service.description;
  const urls = [service.serviceUrl, administratorSignIn.authority].map((url) => new URL(url));
  const local = urls.filter(({ hostname }) => isLoopbackHost(hostname));
  const ports = local.map(({ port, protocol }) => Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port));
  return new Set(isLoopbackHost(urls[0]?.hostname ?? '') ? [...ports, applicationsPort] : ports);
}

function needService(settings: SettingsStore): string {
  const serviceUrl = settings.current.service?.serviceUrl;
  if (serviceUrl === undefined) {
    throw new SpokenError('SERVICE_ADDRESS_INVALID', ({ service }) => service.notChosen, { target: 'url' });
  }
  return serviceUrl;
}
