import { makeReason } from '../../src-shared/errors/reasons.ts';
import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { LogoMediaType } from '../../src-shared/publishing/application-presentation.ts';
import type { DatabaseSchema } from './schema.ts';
import type { ChangeContext, ChangeRunner } from './unit-of-work.ts';

/** Logos are found below this path of the service's own host. */
export const LOGO_PATH_PREFIX = '/.postern/logos/';

/** A picture that stands for an application. */
export interface Logo {
  readonly mediaType: LogoMediaType;
  readonly octets: Uint8Array;
}

/** A logo as it is kept. */
export interface LogoRecord extends Logo {
  /** Names the content: another picture, another tag. */
  readonly tag: string;
}

/** The logos of applications. Each belongs to one, and goes with it. */
export class ApplicationLogoRecords {
  readonly #db: Kysely<DatabaseSchema>;
  readonly #unit: ChangeRunner;

  constructor(db: Kysely<DatabaseSchema>, unit: ChangeRunner) {
    this.#db = db;
    this.#unit = unit;
  }

  /** The logo of an application; null where it has none, or there is no such application. */
  async find(applicationId: string): Promise<LogoRecord | null> {
    const row = await this.#db
      .selectFrom('application_logos')
      .innerJoin('applications', 'applications.id', 'application_logos.application_id')
      .select(['logo_tag', 'media_type', 'octets'])
      .where('application_id', '=', applicationId)
      .executeTakeFirst();
    if (row === undefined || row.logo_tag === null) return null;
    return { tag: row.logo_tag, mediaType: row.media_type as LogoMediaType, octets: row.octets };
  }

  /** Puts a logo in the place of the one before; null takes it away. @throws PosternError `API_NOT_FOUND` */
  async put(applicationId: string, logo: Logo | null, context: ChangeContext): Promise<void> {
    await this.#unit.run(context, async (change) => {
      const before = await change.db
        .selectFrom('applications')
        .select('logo_tag')
        .where('id', '=', applicationId)
        .executeTakeFirst();
      if (before === undefined) {
        throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id: applicationId }) });
      }
      const tag = logo === null ? null : logoTag(logo.octets);
      await change.db.deleteFrom('application_logos').where('application_id', '=', applicationId).execute();
      if (logo !== null) {
        const { mediaType, octets } = logo;
        const row = { application_id: applicationId, media_type: mediaType, octets };
        await change.db.insertInto('application_logos').values(row).execute();
      }
      await change.db.updateTable('applications').set({ logo_tag: tag }).where('id', '=', applicationId).execute();
      await change.audit({
        targetKind: 'application',
        targetId: applicationId,
        action: 'application.updateLogo',
        before: { info: { logoUrl: logoPath(applicationId, before.logo_tag) } },
        after: { info: { logoUrl: logoPath(applicationId, tag) } },
      });
      change.announce({ kind: 'application', id: applicationId });
    });
  }
}

/** Where a logo is found. Nobody guesses it: whoever may see the application is told. */
export function logoPath(applicationId: string, tag: string | null): string | null {
  return tag === null ? null : `${LOGO_PATH_PREFIX}${applicationId}/${tag}`;
}

function logoTag(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('base64url').slice(0, 22);
}
