/** A line of a key in PEM, or a token: long enough to be found by, short enough to stand in one line. */
const MIN_LENGTH = 16;

/**
 * The secrets in what a vault keeps: every long text in it, and of keys in PEM each line. The vault is read for what must not leave
 * this machine, not for what is needed.
 */
export function findKnownSecrets(vaultTexts: readonly (string | null)[]): string[] {
  const secrets = new Set<string>();
  const add = (text: string): void => {
    if (text.includes('PRIVATE KEY')) {
      for (const line of text.split('\n'))
        if (line.length >= MIN_LENGTH && !line.startsWith('-----')) secrets.add(line);
    } else if (text.length >= MIN_LENGTH) secrets.add(text);
  };
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'string') {
      if (name === 'secret' || name === 'privateKey') add(value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, own] of Object.entries(value)) walk(own, key);
    }
  };
  for (const text of vaultTexts) {
    try {
      if (text !== null) walk(JSON.parse(text), '');
    } catch {
      // What is no JSON is one secret as a whole.
      if (text !== null) add(text);
    }
  }
  return [...secrets];
}
