import { contextBridge, ipcRenderer } from 'electron';
import { callChannel, eventChannel } from '../../src-shared/ipc/channels.ts';
import type {
  CallArguments,
  CallName,
  CallResult,
  Envelope,
  Events,
  PosternBridge,
} from '../../src-shared/ipc/contract.ts';

/** All that the window can reach: one function per call, one `on…` per event, and no way to name a channel. */

function call<Name extends CallName>(name: Name) {
  return (argument: CallArguments<Name>): Promise<Envelope<CallResult<Name>>> =>
    ipcRenderer.invoke(callChannel(name), argument);
}

function event<Name extends keyof Events>(name: Name) {
  return (listener: (payload: Events[Name]) => void): (() => void) => {
    const receive = (_event: unknown, payload: Events[Name]): void => listener(payload);
    ipcRenderer.on(eventChannel(name), receive);
    return () => {
      ipcRenderer.removeListener(eventChannel(name), receive);
    };
  };
}

const bridge: PosternBridge = {
  readState: call('readState'),
  readKeptInputs: call('readKeptInputs'),
  keepInput: call('keepInput'),
  probeService: call('probeService'),
  chooseService: call('chooseService'),
  signIn: call('signIn'),
  cancelSignIn: call('cancelSignIn'),
  signOut: call('signOut'),
  reopenBrowser: call('reopenBrowser'),
  keepSignIn: call('keepSignIn'),
  checkPath: call('checkPath'),
  cancelPathCheck: call('cancelPathCheck'),
  listConnectorGroups: call('listConnectorGroups'),
  enrol: call('enrol'),
  abortCall: call('abortCall'),
  takeBackAgain: call('takeBackAgain'),
  leaveBehind: call('leaveBehind'),
  finishSetup: call('finishSetup'),
  startOver: call('startOver'),
  disconnect: call('disconnect'),
  pauseConnector: call('pauseConnector'),
  resumeConnector: call('resumeConnector'),
  retryConnector: call('retryConnector'),
  listConnectors: call('listConnectors'),
  updateConnector: call('updateConnector'),
  moveConnector: call('moveConnector'),
  revokeConnector: call('revokeConnector'),
  deleteConnector: call('deleteConnector'),
  createConnectorGroup: call('createConnectorGroup'),
  renameConnectorGroup: call('renameConnectorGroup'),
  deleteConnectorGroup: call('deleteConnectorGroup'),
  listEnrolmentTokens: call('listEnrolmentTokens'),
  createEnrolmentToken: call('createEnrolmentToken'),
  deleteEnrolmentToken: call('deleteEnrolmentToken'),
  listApplications: call('listApplications'),
  createApplication: call('createApplication'),
  readApplication: call('readApplication'),
  updateApplication: call('updateApplication'),
  restoreApplication: call('restoreApplication'),
  testApplication: call('testApplication'),
  previewTranslation: call('previewTranslation'),
  listApplicationHealth: call('listApplicationHealth'),
  saveText: call('saveText'),
  deleteApplication: call('deleteApplication'),
  listAssignments: call('listAssignments'),
  assignPerson: call('assignPerson'),
  assignPrincipal: call('assignPrincipal'),
  unassignPerson: call('unassignPerson'),
  searchPeople: call('searchPeople'),
  readPeople: call('readPeople'),
  listIdentityProviders: call('listIdentityProviders'),
  listSessions: call('listSessions'),
  revokeSession: call('revokeSession'),
  revokeUserSessions: call('revokeUserSessions'),
  testBackend: call('testBackend'),
  findLocalSites: call('findLocalSites'),
  watchTraffic: call('watchTraffic'),
  unwatchTraffic: call('unwatchTraffic'),
  readLiveTraffic: call('readLiveTraffic'),
  readLastFailures: call('readLastFailures'),
  readTrafficHistory: call('readTrafficHistory'),
  readTrafficHeads: call('readTrafficHeads'),
  startBodyCapture: call('startBodyCapture'),
  stopBodyCapture: call('stopBodyCapture'),
  discardBodies: call('discardBodies'),
  readTrafficBodies: call('readTrafficBodies'),
  readTrafficFigures: call('readTrafficFigures'),
  exportTraffic: call('exportTraffic'),
  cancelTrafficExport: call('cancelTrafficExport'),
  replayRequest: call('replayRequest'),
  explainFailure: call('explainFailure'),
  runSelfTest: call('runSelfTest'),
  readLog: call('readLog'),
  openLogFolder: call('openLogFolder'),
  makeBundle: call('makeBundle'),
  saveBundle: call('saveBundle'),
  readMachineSettings: call('readMachineSettings'),
  saveProxy: call('saveProxy'),
  undoProxy: call('undoProxy'),
  addAuthorities: call('addAuthorities'),
  removeAuthority: call('removeAuthority'),
  saveAllowList: call('saveAllowList'),
  checkAllowList: call('checkAllowList'),
  previewAllowList: call('previewAllowList'),
  saveRetention: call('saveRetention'),
  setStartAtLogin: call('setStartAtLogin'),
  readVersions: call('readVersions'),
  checkForUpdate: call('checkForUpdate'),
  downloadUpdate: call('downloadUpdate'),
  cancelUpdateDownload: call('cancelUpdateDownload'),
  installUpdate: call('installUpdate'),
  saveUpdateSettings: call('saveUpdateSettings'),
  openExternal: call('openExternal'),
  copyText: call('copyText'),
  setTheme: call('setTheme'),
  setLanguage: call('setLanguage'),
  onAppState: event('appState'),
  onTraffic: event('traffic'),
  onTrafficExport: event('trafficExport'),
  onOpenPage: event('openPage'),
  onPathCheckHop: event('pathCheckHop'),
  onSelfTestStep: event('selfTestStep'),
};

contextBridge.exposeInMainWorld('postern', bridge);
