export const SHELLS = ['posix', 'powershell'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * The line that enrols the machine on which it is run. The token goes by the environment, since every account of a machine may read
 * the arguments of its programs.
 */
export function installCommand(shell: Shell, serviceUrl: string, token: string): string {
  const command = `postern-connector enrol --service ${quote(shell, serviceUrl)}`;
  return shell === 'posix'
    ? `POSTERN_ENROLMENT_TOKEN=${quote(shell, token)} ${command}`
    : `$env:POSTERN_ENROLMENT_TOKEN=${quote(shell, token)}; ${command}; Remove-Item Env:POSTERN_ENROLMENT_TOKEN`;
}

/** A text that the shell takes as it stands, whatever is in it. */
function quote(shell: Shell, text: string): string {
  const inner = shell === 'posix' ? text.replaceAll("'", String.raw`'\''`) : text.replaceAll("'", "''");
  return `'${inner}'`;
}
