/** What a completion needs to know of a command; commander's own objects are such. */
export interface CompletedCommand {
  name(): string;
  description(): string;
  readonly commands: readonly CompletedCommand[];
  readonly options: readonly CompletedOption[];
  readonly registeredArguments: readonly { readonly argChoices?: readonly string[] | undefined }[];
}

export interface CompletedOption {
  readonly long?: string | undefined;
  readonly short?: string | undefined;
  readonly description: string;
  /** Whether a value follows. */
  readonly required: boolean;
  readonly argChoices?: readonly string[] | undefined;
}

export const COMPLETION_SHELLS = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

interface Place {
  /** The words that lead to the command, the program left out: `config export`. */
  readonly path: string;
  readonly command: CompletedCommand;
  /** Its own options and those of the commands above it. */
  readonly options: readonly CompletedOption[];
}

/** The script that has a shell complete the commands, options and choices of a program. */
export function completionScript(program: CompletedCommand, shell: CompletionShell): string {
  const name = program.name();
  const places = listPlaces(program, '', []);
  if (shell === 'fish') return fishScript(name, places);
  const script = bashScript(name, places);
  return shell === 'bash' ? script : `#compdef ${name}\nautoload -U +X bashcompinit && bashcompinit\n${script}`;
}

function listPlaces(command: CompletedCommand, path: string, above: readonly CompletedOption[]): Place[] {
  const options = [...command.options, ...above];
  const below = command.commands.flatMap((child) => listPlaces(child, `${path} ${child.name()}`.trim(), options));
  return [{ path, command, options }, ...below];
}

function bashScript(name: string, places: readonly Place[]): string {
  const functionName = `_${name.replaceAll('-', '_')}`;
  const paths = places.map(({ path }) => path).filter((path) => path !== '');
  const branches = places.map((place) => `    ${quote(place.path)})\n${bashBranch(place)}\n      ;;`);
  const valued = unique(places.flatMap(({ options }) => options.filter(({ required }) => required).flatMap(flagsOf)));
  return `# Completion of ${name} for bash: source <(${name} completion bash)
${functionName}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous= path= word words= flags= files=0 index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $previous in
    ${valued.join(' | ') || "''"})
      previous=
      continue
      ;;
    esac
    previous=$word
    case "\${path:+$path }$word" in
    ${paths.map(quote).join(' | ') || "''"}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${branches.join('\n')}
  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    ((files)) && COMPREPLY+=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F ${functionName} ${name}
`;
}

/** Values after an option that takes one; else the commands, choices or files that may come here. */
function bashBranch({ command, options }: Place): string {
  const valued = options.filter(({ required }) => required);
  const cases = valued.map((option) => {
    const reply =
      option.argChoices === undefined ? 'compgen -f --' : `compgen -W ${quote(option.argChoices.join(' '))} --`;
    return `      ${flagsOf(option).join(' | ')})\n        COMPREPLY=($(${reply} "$current"))\n        return\n        ;;`;
  });
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const hasFiles = command.registeredArguments.some(({ argChoices }) => argChoices === undefined);
  return [
    ...(cases.length > 0 ? [`      case $previous in`, ...cases, '      esac'] : []),
    `      flags=${quote([...unique(options.flatMap(flagsOf)), '--help'].join(' '))}`,
    `      words=${quote([...command.commands.map((child) => child.name()), ...choices].join(' '))}`,
    `      files=${Number(hasFiles)}`,
  ].join('\n');
}

function fishScript(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, command }) => {
    const words = path.split(' ').filter(Boolean);
    const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`);
    const children = command.commands.map((child) => child.name());
    const notYet = children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : [];
    const condition = (parts: readonly string[]): string =>
      parts.length === 0 ? '' : ` -n ${quote(parts.join('; and '))}`;
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
    return [
      ...command.commands.map(
        (child) =>
          `complete -c ${name} -f${condition([...seen, ...notYet])} -a ${child.name()} -d ${quote(child.description())}`,
      ),
      ...(choices.length > 0 ? [`complete -c ${name} -f${condition(seen)} -a ${quote(choices.join(' '))}`] : []),
      ...command.options.map((option) => fishOption(name, condition(seen), option)),
    ];
  });
  return `# Completion of ${name} for fish: ${name} completion fish | source\n${unique(lines).join('\n')}\n`;
}

function fishOption(
  name: string,
  condition: string,
  { long, short, description, required, argChoices }: CompletedOption,
): string {
  const flags = [...(short ? [`-s ${short.slice(1)}`] : []), ...(long ? [`-l ${long.slice(2)}`] : [])].join(' ');
  const value = required ? (argChoices === undefined ? ' -r' : ` -x -a ${quote(argChoices.join(' '))}`) : '';
  return `complete -c ${name}${condition} ${flags}${value} -d ${quote(description)}`;
}

function flagsOf({ long, short }: CompletedOption): string[] {
  return [short, long].filter((flag) => flag !== undefined);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** A text as one word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
