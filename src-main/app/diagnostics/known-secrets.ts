/** A line of a key in PEM, or a token: long enough to be found by, short enough to stand in one line. */
const MIN_LENGTH = 16;
/** A shorter password would be found in every other word. */
const MIN_PASSWORD_LENGTH = 6;

/**
 * The secrets in what a vault keeps: tokens and passwords whole, and of keys in PEM each line. The vault is read for what must not leave
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
    const data = text === null ? null : parseObject(text);
    if (data !== null) walk(data, '');
    // A password stands in the vault as it is.
    else if (text !== null && text.length >= MIN_PASSWORD_LENGTH) secrets.add(text);
  }
  return [...secrets];
}

/** Null for what is no JSON, and for a text or number of its own. */
function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
