import { parse } from 'yaml';
import { z } from 'zod';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';

/** The largest file that is downloaded as an update (docs/limits.md). */
const MAX_UPDATE_BYTES = 1_073_741_824;
const MAX_FILES = 32;
const MAX_NOTES_CHARACTERS = 20_000;

const VERSION = /^\d{1,6}\.\d{1,6}\.\d{1,6}(?:-[\dA-Za-z.-]{1,64})?(?:\+[\dA-Za-z.-]{1,64})?$/;
/** It lies beside the description: no folder, no other host. */
const FILE_NAME = /^[\dA-Za-z][\w.+~-]{0,200}$/;

const releaseSchema = z.object({
  version: z.string().regex(VERSION),
  files: z
    .array(
      z.object({
        url: z.string().regex(FILE_NAME),
        /** Base64 of 64 octets. */
        sha512: z.string().regex(/^[\d+/A-Za-z]{86}==$/),
        size: z.number().int().min(1).max(MAX_UPDATE_BYTES),
        /** Of Windows' installer. */
        isAdminRightsRequired: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(MAX_FILES),
  releaseDate: z.union([z.string(), z.date()]).optional(),
  releaseNotes: z.string().nullable().optional(),
});

export type ReleaseFile = z.infer<typeof releaseSchema>['files'][number];

/** What a publisher says of a version, as electron-builder writes it into `latest*.yml`. */
export interface Release {
  readonly version: string;
  readonly notes: string;
  readonly releasedAtMs: number | null;
  readonly files: readonly ReleaseFile[];
}

/** The description for a system, beside the files it names: the names are electron-builder's. */
export function releaseFileName(platform: NodeJS.Platform, arch: string): string {
  if (platform === 'win32') return 'latest.yml';
  if (platform === 'darwin') return 'latest-mac.yml';
  return arch === 'x64' ? 'latest-linux.yml' : `latest-linux-${arch}.yml`;
}

/** Reads a description whose signature was found right. @throws PosternError `UPDATE_FEED_INVALID` */
export function parseRelease(text: string): Release {
  try {
    const { version, files, releaseDate, releaseNotes } = releaseSchema.parse(parse(text, { maxAliasCount: 0 }));
    const releasedAtMs = releaseDate === undefined ? Number.NaN : new Date(releaseDate).getTime();
    return {
      version,
      files,
      notes: (releaseNotes ?? '').slice(0, MAX_NOTES_CHARACTERS).trim(),
      releasedAtMs: Number.isNaN(releasedAtMs) ? null : releasedAtMs,
    };
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? `${cause.issues[0]?.path.join('.')}: ${cause.issues[0]?.message}` : '';
    throw new PosternError('UPDATE_FEED_INVALID', {
      message:
        reason === '' ? 'The feed’s description of the newest version is no YAML.' : `The feed is wrong at ${reason}.`,
      cause,
    });
  }
}
