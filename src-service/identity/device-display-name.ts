import { readDevice } from '../../src-shared/publishing/read-device.ts';

/** What a person would call the device of a sign-in: `Firefox on Linux`. For display alone: whoever signs in chooses it. */
export function deviceDisplayName(userAgent: string): string {
  const { program, system } = readDevice(userAgent);
  if (program === null && system === null) return 'Unknown device';
  return system === null ? (program ?? '') : `${program ?? 'A browser'} on ${system}`;
}
