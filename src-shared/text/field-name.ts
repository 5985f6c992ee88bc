import { CATALOGUES } from './catalogues.ts';
import type { Language } from './language.ts';

const PUBLISHING = 'onPremisesPublishing';

/**
 * A field of the admin API as the forms of the app call it, with what lies within it: `onPremisesPublishing.externalUrl` is “External
 * URL”; null for a field that no form has.
 */
export function fieldName(target: string, language: Language): string | null {
  const [first = '', ...rest] = target.split('.').filter((part, index) => index > 0 || part !== PUBLISHING);
  const label = labelOf(first, language);
  if (label === null) return null;
  return rest.length === 0 ? label : `${label} (${rest.join('.')})`;
}

function labelOf(field: string, language: Language): string | null {
  const { applications, applicationSettings } = CATALOGUES[language];
  if (field === 'displayName') return applications.name;
  if (field === 'internalUrl' || field === 'externalUrl') return applications[field];
  if (field === 'web') return applicationSettings.homePageUrl.label;
  if (field === 'tags') return applicationSettings.isHiddenFromMyApps.label;
  if (field === 'isOnPremPublishingEnabled') return applicationSettings.maintenance.label;
  if (field === 'appRoleAssignmentRequired' || field === 'externalAuthenticationType') return applications.whoMayEnter;
  if (field === 'singleSignOnSettings') return applicationSettings.section.signOn;
  const found: unknown = Object.entries(applicationSettings).find(([name]) => name === field)?.[1];
  return typeof found === 'object' && found !== null && 'label' in found ? String(found.label) : null;
}
