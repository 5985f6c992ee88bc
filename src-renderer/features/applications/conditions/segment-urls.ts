import { z } from 'zod';

const segmentsSchema = z.looseObject({ applicationSegments: z.array(z.looseObject({ externalUrl: z.string() })) });

/** External URLs of the segments in the JSON of an application; none where it is none. */
export function segmentUrls(json: string): readonly string[] {
  try {
    const { applicationSegments = [] } = segmentsSchema.safeParse(JSON.parse(json)).data ?? {};
    return applicationSegments.map(({ externalUrl }) => externalUrl);
  } catch {
    return [];
  }
}
