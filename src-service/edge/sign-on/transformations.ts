import { RE2JS } from 're2js';
import type { SignOnTransformation } from '../../../src-shared/publishing/single-sign-on.ts';

/** What a value becomes; null where it is left out. */
export type Transform = (value: string) => string | null;

/** Instructions of a compiled pattern: time is proportional to these times the length of a value. */
const MAX_PATTERN_INSTRUCTIONS = 300;
/** Characters of a value that a pattern is tried on; longer ones are left out. */
const MAX_MATCHED_LENGTH = 1024;

/** The steps as one. @throws Error what is wrong with a pattern, for whoever set it */
export function compileTransformations(steps: readonly SignOnTransformation[]): Transform {
  const transforms = steps.map(compileStep);
  return (value) => {
    let current: string | null = value;
    for (const transform of transforms) {
      if (current === null) return null;
      current = transform(current);
    }
    return current;
  };
}

function compileStep(step: SignOnTransformation): Transform {
  switch (step.kind) {
    case 'prefix':
      return (value) => step.prefix + value;
    case 'toLowercase':
      return (value) => value.toLowerCase();
    case 'toUppercase':
      return (value) => value.toUpperCase();
    case 'extract':
      return compilePattern(step.pattern);
  }
}

/**
 * A pattern in the syntax of RE2, which matches in linear time whatever the pattern and the value: what a user is called
 * must not be able to stop the service. It has neither look-around nor back-references.
 */
function compilePattern(pattern: string): Transform {
  const compiled = RE2JS.compile(pattern);
  if (compiled.programSize() > MAX_PATTERN_INSTRUCTIONS) throw new Error('the pattern repeats too much; simplify it');
  return (value) => {
    if (value.length > MAX_MATCHED_LENGTH) return null;
    const matcher = compiled.matcher(value);
    const found = matcher.find() ? matcher.group(matcher.groupCount() > 0 ? 1 : 0) : null;
    // An empty one would make the prefix that follows a value of its own.
    return found === '' ? null : found;
  };
}
