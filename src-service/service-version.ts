import { readFileSync } from 'node:fs';

/** The version of the package, as connectors and the service description show it. */
export function readServiceVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
