import type { Catalogue } from '../catalogue.ts';
import { connectorStatusText } from './connector-status-text.ts';
import { overviewText } from './overview-text.ts';
import { settingsText } from './settings-text.ts';
import { shellText } from './shell-text.ts';
import { trafficText } from './traffic-text.ts';
import { trayText } from './tray-text.ts';

/** German. */
export const DE: Catalogue = {
  shell: shellText,
  status: connectorStatusText,
  overview: overviewText,
  settings: settingsText,
  traffic: trafficText,
  tray: trayText,
};
