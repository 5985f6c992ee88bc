/**
 * With which arguments the app starts anew: its own, or flags such as those for the sandbox and the key store were lost. But visible: whoever
 * has it start anew looks for it.
 * @param argv of the process; the program is first
 */
export function restartArguments(argv: readonly string[]): string[] {
  return argv.slice(1).filter((argument) => argument !== '--hidden');
}
