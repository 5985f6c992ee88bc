import type { Catalogue } from '../catalogue.ts';
import { appMenuText } from './app-menu-text.ts';
import { applicationAccessText } from './application-access-text.ts';
import { applicationSettingsText } from './application-settings-text.ts';
import { applicationStatusText } from './application-status-text.ts';
import { applicationTestText } from './application-test-text.ts';
import { applicationWatchText } from './application-watch-text.ts';
import { applicationsText } from './applications-text.ts';
import { appRolesText } from './app-roles-text.ts';
import { conditionsText } from './conditions-text.ts';
import { connectorStatusText } from './connector-status-text.ts';
import { connectorsText } from './connectors-text.ts';
import { diagnosticsText } from './diagnostics-text.ts';
import { errorSummariesText } from './error-summaries-text.ts';
import { headerRulesText } from './header-rules-text.ts';
import { localSitesText } from './local-sites-text.ts';
import { notificationsText } from './notifications-text.ts';
import { machineSettingsText } from './machine-settings-text.ts';
import { overviewText } from './overview-text.ts';
import { pathCheckText } from './path-check-text.ts';
import { problemsText } from './problems-text.ts';
import { remediesText } from './remedies-text.ts';
import { segmentsText } from './segments-text.ts';
import { sessionsText } from './sessions-text.ts';
import { settingsText } from './settings-text.ts';
import { shellText } from './shell-text.ts';
import { signInText } from './sign-in-text.ts';
import { trafficContentText } from './traffic-content-text.ts';
import { trafficText } from './traffic-text.ts';
import { translationPreviewText } from './translation-preview-text.ts';
import { trayText } from './tray-text.ts';
import { updatesText } from './updates-text.ts';
import { leftBehindText } from './left-behind-text.ts';
import { reasonsText } from './reasons-text.ts';
import { urlProblemsText } from './url-problems-text.ts';
import { whyText } from './why-text.ts';
import { trendsText } from './trends-text.ts';
import { wizardText } from './wizard-text.ts';

/** German. */
export const DE: Catalogue = {
  shell: shellText,
  appMenu: appMenuText,
  status: connectorStatusText,
  connectors: connectorsText,
  notifications: notificationsText,
  overview: overviewText,
  applications: applicationsText,
  applicationAccess: applicationAccessText,
  applicationWatch: applicationWatchText,
  applicationSettings: applicationSettingsText,
  conditions: conditionsText,
  appRoles: appRolesText,
  applicationStatus: applicationStatusText,
  applicationTest: applicationTestText,
  headerRules: headerRulesText,
  segments: segmentsText,
  translationPreview: translationPreviewText,
  sessions: sessionsText,
  settings: settingsText,
  machineSettings: machineSettingsText,
  traffic: trafficText,
  diagnostics: diagnosticsText,
  why: whyText,
  trafficContent: trafficContentText,
  tray: trayText,
  trends: trendsText,
  signIn: signInText,
  wizard: wizardText,
  pathCheck: pathCheckText,
  localSites: localSitesText,
  problems: problemsText,
  remedies: remediesText,
  updates: updatesText,
  urlProblems: urlProblemsText,
  reasons: reasonsText,
  leftBehind: leftBehindText,
  errorSummaries: errorSummariesText,
};
