import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { connectorJsonSchema, makeConnectorCommand } from '../../src-main/connector/cli/connector-command.ts';
import { jsonSchemaOf } from '../../src-service/cli/schema-command.ts';
import { makeServiceCommand } from '../../src-service/cli/service-command.ts';

const DOCUMENT = readFileSync('docs/command-line.md', 'utf8');
const SECTIONS = new Map(
  DOCUMENT.split(/^#{2,3} (?=postern-)/m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section.slice(section.indexOf('\n'))]),
);

function listCommands(command: Command, above = ''): [string, Command][] {
  const path = `${above} ${command.name()}`.trim();
  return [[path, command], ...command.commands.flatMap((child) => listCommands(child, path))];
}

const commands = [makeServiceCommand(async () => {}), makeConnectorCommand('0')].flatMap((program) =>
  listCommands(program),
);

describe('docs/command-line.md', () => {
  test('has a section for each command, and none for another', () => {
    expect([...SECTIONS.keys()].sort()).toEqual(commands.map(([path]) => path).sort());
  });

  test.each(commands)('has the description and every option of %s, and no other', (path, command) => {
    const section = SECTIONS.get(path) ?? '';
    expect(section).toContain(command.description());
    const rows = [...section.matchAll(/^\| `(-[^`]*)` +\|/gm)].map(([, flags]) => flags);
    expect(rows).toEqual(command.options.map(({ flags }) => flags));
  });
});

test.each(commands.filter(([, { commands: below }]) => below.length === 0))(
  '%s has examples in its help, and JSON as its output',
  (path, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    expect(help.slice(help.indexOf('\nExample'))).toContain(path.split(' ')[0]);
    if (!path.endsWith(' completion')) expect(command.options.map(({ long }) => long)).toContain('--json');
  },
);

test.each([
  ['postern-service', jsonSchemaOf('service')],
  ['postern-configuration', jsonSchemaOf('configuration')],
  ['postern-connector', connectorJsonSchema()],
])('schemas/%s.schema.json is what the program says', (name, schema) => {
  expect(JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)));
});
