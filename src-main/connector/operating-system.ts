import { readFileSync } from 'node:fs';
import os from 'node:os';

const MAX_CHARACTERS = 120;

/** The operating system of this machine in a person's words: `Debian GNU/Linux 12 (bookworm), x64`. */
export function describeOperatingSystem(): string {
  return `${nameOfSystem()}, ${os.arch()}`.slice(0, MAX_CHARACTERS);
}

function nameOfSystem(): string {
  if (process.platform === 'win32') return os.version();
  if (process.platform === 'darwin') return `macOS, Darwin ${os.release()}`;
  return readPrettyName() ?? `${os.type()} ${os.release()}`;
}

/** What the distribution calls itself (os-release(5)). */
function readPrettyName(): string | null {
  try {
    const text = readFileSync('/etc/os-release', 'utf8');
    return /^PRETTY_NAME=(["']?)(.+)\1$/m.exec(text)?.[2] ?? null;
  } catch {
    return null;
  }
}
