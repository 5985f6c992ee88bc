import { LineCounter, type Node, type ParsedNode, isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

/** Data from YAML or JSON, of which each part is known by its line. */
export interface PositionedDocument {
  readonly data: unknown;
  /** The line of the key at a path, or of what is nearest above it; the first is 1. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** Reads YAML, of which JSON is a part. @throws PosternError `CONFIG_INVALID` naming each place that can't be read */
export function readPositionedDocument(text: string, origin: string): PositionedDocument {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const problems = document.errors.map(({ pos, message }) => `  line ${lineCounter.linePos(pos[0]).line}: ${message}`);
  if (problems.length > 0) {
    throw new PosternError('CONFIG_INVALID', { message: `${origin} can't be read:\n${problems.join('\n')}` });
  }
  let data: unknown;
  try {
    data = document.toJS();
  } catch (error) {
    throw new PosternError('CONFIG_INVALID', {
      message: `${origin} can't be read: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    let node: Node | ParsedNode | null | undefined = document.contents;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(document);
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
        if (pair === undefined) break;
        offset = (isScalar(pair.key) ? pair.key.range?.[0] : undefined) ?? offset;
        node = pair.value as Node | null;
      } else if (isSeq(node)) {
        node = node.items[Number(step)] as Node | undefined;
        offset = node?.range?.[0] ?? offset;
      } else break;
    }
    return Math.max(1, lineCounter.linePos(offset).line);
  };
  return { data, lineOf };
}
