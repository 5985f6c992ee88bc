import type { Device } from '../../publishing/read-device.ts';

/** The page “Sessions”: who is signed in at the service. */
export const sessionsText = {
  signInReason: 'Sign in as an administrator to see who is signed in, and to sign somebody out.',
  subtitle: (service: string) => `People signed in at ${service}`,
  refresh: 'Refresh',
  listFailed: 'The list could not be read',
  reading: 'Reading…',
  tryAgain: 'Try again',
  readingList: 'Reading the list',
  emptyTitle: 'Nobody is signed in',
  emptyText:
    'Whoever opens a published application and signs in is listed here, with the device and the address it came from.',
  search: 'Beginning of a name, device or address',
  searchLabel: 'Search sessions',
  application: 'Application',
  noneMatches: 'No session matches.',
  hasMore: (shown: string) => `There are more than these ${shown}, the newest. Search to find the others.`,
  column: {
    who: 'Who',
    device: 'Device',
    applications: 'Applications',
    lastUsed: 'Last used',
    ends: 'Ends',
    actions: 'Actions',
  },
  device: ({ program, system }: Device): string => {
    if (program === null && system === null) return 'Unknown device';
    return system === null ? (program ?? '') : `${program ?? 'A browser'} on ${system}`;
  },
  since: (time: string) => `since ${time}`,
  actionsFor: (person: string, device: string) => `Actions for ${person} on ${device}`,
  endThis: 'End this session',
  signOutPerson: (person: string) => `Sign ${person} out everywhere`,
  goneApplication: 'one that is gone',
  noApplication: 'None noted yet',
  ended: 'The session has ended',
  signedOut: (person: string) => `${person} is signed out everywhere`,
  endTitle: (person: string) => `End this session of ${person}?`,
  signOutTitle: (person: string) => `Sign ${person} out everywhere?`,
  endText: (person: string, device: string, address: string) =>
    `${person} is signed out of every application on ${device} at ${address}. Other devices stay signed in.`,
  signOutText: (person: string) =>
    `Every session of ${person} ends, on all devices, and access tokens issued until now are refused.`,
  consequences:
    'Downloads and connections under way are cut within a second, and what was not saved there may be lost. This cannot be undone. It keeps nobody out: who may sign in again is decided by the identity provider and the application’s assignments.',
  failed: 'The session did not end',
  signingOut: 'Signing out…',
  end: 'End the session',
  signOut: 'Sign out everywhere',
};
