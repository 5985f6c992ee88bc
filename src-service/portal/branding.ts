import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { BrandingConfiguration } from '../config/branding-configuration.ts';
import { contrastOf, inkOn, isReadable } from './colour-contrast.ts';
import { type ErrorTemplate, parseErrorTemplate } from './error-template.ts';
import { SafeMarkup, markup } from './markup.ts';
import { CARD_COLOUR, PAGE_STYLE } from './page-style.ts';

/** How this service's pages look, ready to be put into them. */
export interface Branding {
  readonly displayName: string;
  /** The mark or picture above a page, with the name. */
  readonly banner: SafeMarkup;
  /** The whole style sheet. */
  readonly style: string;
  readonly hasPicture: boolean;
  readonly helpText: string | null;
  readonly contact: BrandingConfiguration['contact'];
  readonly errorTemplate: ErrorTemplate | null;
}

const MAX_LOGO_BYTES = 64 * 1024;
const MAX_TEMPLATE_BYTES = 256 * 1024;
const PICTURE_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};
const MARK = new SafeMarkup(
  '<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M4 21V9a8 8 0 0 1 16 0v12"/><path d="M9 21v-9a3 3 0 0 1 6 0v9"/><path d="M2 21h20"/></svg>',
);

/**
 * Reads what the operator set. Files are read once: a page is answered from memory, whatever happens to them.
 * @throws PosternError `CONFIG_INVALID` naming the key, what is wrong, and what is allowed
 */
export function loadBranding(configuration: {
  readonly displayName: string;
  readonly branding: BrandingConfiguration;
}): Branding {
  const { branding } = configuration;
  const displayName = branding.displayName ?? configuration.displayName;
  const picture = branding.logoFile === undefined ? null : readPicture(branding.logoFile);
  return {
    displayName,
    banner:
      picture === null
        ? markup`${MARK}<span>${displayName}</span>`
        : // The name is in the picture as a rule: for those who can't see it, it is its text.
          markup`<img src="${picture}" alt="${displayName}" />`,
    style: PAGE_STYLE + accentStyle(branding),
    hasPicture: picture !== null,
    helpText: branding.helpText ?? null,
    contact: branding.contact,
    errorTemplate: branding.errorTemplateFile === undefined ? null : readTemplate(branding.errorTemplateFile),
  };
}

function accentStyle({ accentColor, accentColorDark }: BrandingConfiguration): string {
  let style = '';
  if (accentColor !== undefined) style += `:root{${accentRule('accentColor', accentColor, CARD_COLOUR.light)}}\n`;
  // One colour alone would be unreadable on the other ground as a rule: ours stays there.
  const dark = accentColorDark ?? (accentColor === undefined ? undefined : '#8fb0ff');
  if (dark !== undefined) {
    style += `@media (prefers-color-scheme:dark){:root{${accentRule('accentColorDark', dark, CARD_COLOUR.dark)}}}\n`;
  }
  return style;
}

function accentRule(key: string, colour: string, ground: string): string {
  if (!isReadable(colour, ground)) {
    const direction = ground === CARD_COLOUR.light ? 'darker' : 'lighter';
    const contrast = contrastOf(colour, ground).toFixed(1);
    throw invalid(
      key,
      `${colour} can't be read on ${ground}: its contrast is ${contrast}, and 4.5 is needed. Take a ${direction} one`,
    );
  }
  return `--accent:${colour};--accent-ink:${inkOn(colour)}`;
}

function readPicture(file: string): string {
  const type = PICTURE_TYPES[extname(file).toLowerCase()];
  if (type === undefined) throw invalid('logoFile', `${file} must end in ${Object.keys(PICTURE_TYPES).join(', ')}`);
  const octets = readAtMost('logoFile', file, MAX_LOGO_BYTES);
  return `data:${type};base64,${octets.toString('base64')}`;
}

function readTemplate(file: string): ErrorTemplate {
  const octets = readAtMost('errorTemplateFile', file, MAX_TEMPLATE_BYTES);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
  } catch (error) {
    throw invalid('errorTemplateFile', `${file} is not UTF-8`, error);
  }
  const template = parseErrorTemplate(text);
  if (typeof template === 'string') throw invalid('errorTemplateFile', `in ${file}, ${template}`);
  return template;
}

function readAtMost(key: string, file: string, maxBytes: number): Buffer {
  let octets: Buffer;
  try {
    octets = readFileSync(file);
  } catch (error) {
    throw invalid(key, `${file} can't be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
  if (octets.length > maxBytes) throw invalid(key, `${file} has ${octets.length} octets; ${maxBytes} are allowed`);
  return octets;
}

function invalid(key: string, reason: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message: `branding.${key}: ${reason}.`, cause });
}
