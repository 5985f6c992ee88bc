import type { FilterValue, ListColumn, ListColumns, ListCondition, ListFilter } from '../store/list-filter.ts';
import { invalidOption } from './invalid-option.ts';
import { type FilterToken, filterTokens } from './filter-tokens.ts';

/** Conditions that one filter may have, each value of an `in` counted. */
const MAX_FILTER_CONDITIONS = 50;
/** Brackets, `not` and `any` within each other. */
const MAX_FILTER_DEPTH = 10;

const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const;
const TEXT_FUNCTIONS = ['startswith', 'endswith', 'contains'] as const;
const GRAMMAR = "write FIELD eq 'TEXT', startswith(FIELD,'TEXT') and the like, joined by and, or, not and brackets";

/** Which operators a field of a kind takes, beside `eq`, `ne` and `in`. */
const OPERATORS_OF = {
  text: [...COMPARISONS, ...TEXT_FUNCTIONS, 'in'],
  id: [...COMPARISONS, ...TEXT_FUNCTIONS, 'in'],
  number: [...COMPARISONS, 'in'],
  date: [...COMPARISONS, 'in'],
  boolean: ['eq', 'ne', 'in'],
} as const satisfies Record<ListColumn['kind'], readonly ListCondition['operator'][]>;

/** The fields that names may mean at a place: those of the list, or those of an item of a collection. */
interface Scope {
  readonly columns: ListColumns;
  /** The name of the item in `any(t:…)`; null outside of it. */
  readonly variable: string | null;
}

/**
 * Reads a `$filter` as OData writes it: `eq ne gt ge lt le in`, `startswith endswith contains`, `and or not`, brackets, and
 * `any` over collections.
 * @throws PosternError `API_INVALID` saying where it can't be read, or which fields and operators there are
 */
export function readFilter(text: string, columns: ListColumns): ListFilter {
  return new FilterReader(text).read({ columns, variable: null });
}

class FilterReader {
  readonly #text: string;
  readonly #tokens: Generator<FilterToken, void, void>;
  #next: FilterToken;
  #conditions = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = filterTokens(text);
    this.#next = { kind: 'end', text: '', at: text.length };
    this.#advance();
  }

  read(scope: Scope): ListFilter {
    const filter = this.#readAny(scope);
    if (this.#next.kind !== 'end') throw this.#unreadable(this.#next);
    return filter;
  }

  #readAny(scope: Scope): ListFilter {
    const parts = [this.#readAll(scope)];
    while (this.#takeWord('or')) parts.push(this.#readAll(scope));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { any: parts };
  }

  #readAll(scope: Scope): ListFilter {
    const parts = [this.#readOne(scope)];
    while (this.#takeWord('and')) parts.push(this.#readOne(scope));
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { all: parts };
  }

  #readOne(scope: Scope): ListFilter {
    if (this.#takeWord('not')) return this.#deeper(() => ({ not: this.#readOne(scope) }));
    if (this.#takeSymbol('(')) {
      return this.#deeper(() => {
        const filter = this.#readAny(scope);
        this.#expect(')');
        return filter;
      });
    }
    const name = this.#advance();
    if (name.kind !== 'name') throw this.#unreadable(name);
    if (!this.#takeSymbol('(')) return this.#readComparison(name.text, scope);
    if (name.text.toLowerCase().endsWith('/any')) return this.#readLambda(name.text.slice(0, -'/any'.length), scope);
    const operator = TEXT_FUNCTIONS.find((each) => each === name.text.toLowerCase());
    if (operator === undefined) {
      throw invalidOption(
        '$filter',
        `there is no function ${name.text}; there are ${TEXT_FUNCTIONS.join(', ')} and any`,
      );
    }
    return this.#readFunction(operator, scope);
  }

  /** `startswith(FIELD,'TEXT')`, with the `eq true` that some write behind it. */
  #readFunction(operator: (typeof TEXT_FUNCTIONS)[number], scope: Scope): ListFilter {
    const field = this.#advance();
    if (field.kind !== 'name') throw this.#unreadable(field);
    this.#expect(',');
    const text = this.#advance();
    if (text.kind !== 'string') throw this.#unreadable(text);
    this.#expect(')');
    const { name, column } = this.#find(field.text, operator, scope);
    const value = String(this.#valueOf(text, field.text, column));
    this.#count(1);
    const condition = { field: name, operator, value };
    if (!this.#takeWord('eq')) return condition;
    if (this.#takeWord('true')) return condition;
    if (this.#takeWord('false')) return { not: condition };
    throw this.#unreadable(this.#next);
  }

  #readComparison(text: string, scope: Scope): ListFilter {
    const word = this.#advance();
    const operator = [...COMPARISONS, 'in' as const].find((each) => each === word.text.toLowerCase());
    if (operator === undefined) {
      if (word.kind !== 'name') throw this.#unreadable(word);
      throw invalidOption('$filter', `there is no operator ${word.text}; there are ${COMPARISONS.join(', ')} and in`);
    }
    const { name, column } = this.#find(text, operator, scope);
    if (operator === 'in') return { field: name, operator, values: this.#readValues(text, column) };
    this.#count(1);
    return { field: name, operator, value: this.#valueOf(this.#advance(), text, column) };
  }

  #readValues(name: string, column: ListColumn): Exclude<FilterValue, null>[] {
    this.#expect('(');
    const values: Exclude<FilterValue, null>[] = [];
    do {
      const value = this.#valueOf(this.#advance(), name, column);
      if (value === null)
        throw invalidOption('$filter', `null can't be one of the values of in; write ${name} eq null`);
      values.push(value);
      this.#count(1);
    } while (this.#takeSymbol(','));
    this.#expect(')');
    return values;
  }

  /** `tags/any(t:t eq 'TEXT')`, and `tags/any()` for one that isn't empty. */
  #readLambda(collection: string, scope: Scope): ListFilter {
    const found = scope.columns[collection];
    if (scope.variable !== null || found?.kind !== 'collection') {
      const collections = namesOf(scope.columns, 'collection').join(', ') || 'none';
      throw invalidOption('$filter', `${collection} is no collection; there are ${collections}`);
    }
    this.#count(1);
    if (this.#takeSymbol(')')) return { collection, where: { all: [] } };
    const variable = this.#advance();
    if (variable.kind !== 'name' || variable.text.includes('/')) throw this.#unreadable(variable);
    this.#expect(':');
    return this.#deeper(() => {
      const where = this.#readAny({ columns: found.items, variable: variable.text });
      this.#expect(')');
      return { collection, where };
    });
  }

  #find(text: string, operator: ListCondition['operator'], scope: Scope): { name: string; column: ListColumn } {
    const name = scope.variable === null ? text : withoutVariable(text, scope.variable);
    const column = name !== null && Object.hasOwn(scope.columns, name) ? scope.columns[name] : undefined;
    if (name === null || column === undefined) {
      const prefix = scope.variable === null ? '' : `${scope.variable}/`;
      const fields = namesOf(scope.columns, 'field').map((each) =>
        each === '' ? (scope.variable ?? '') : prefix + each,
      );
      throw invalidOption('$filter', `can't filter by ${text}; it can by ${fields.join(', ')}`);
    }
    if (column.kind === 'collection') {
      throw invalidOption('$filter', `${text} is a collection; write ${text}/any(x:x eq 'TEXT')`);
    }
    const allowed: readonly string[] = OPERATORS_OF[column.kind];
    if (!allowed.includes(operator)) {
      throw invalidOption(
        '$filter',
        `${operator} does not go with ${text}, a ${column.kind}; there are ${allowed.join(', ')}`,
      );
    }
    return { name, column };
  }

  #valueOf(token: FilterToken, name: string, column: ListColumn): FilterValue {
    const word = token.kind === 'name' ? token.text.toLowerCase() : null;
    if (word === 'null') return null;
    const refuse = (wanted: string): Error =>
      invalidOption(
        '$filter',
        `${name} can't be compared with ${token.text.slice(0, 60) || 'nothing'}; write ${wanted}`,
      );
    switch (column.kind) {
      case 'boolean':
        if (word !== 'true' && word !== 'false') throw refuse('true or false');
        return word === 'true';
      case 'number': {
        const number = token.kind === 'number' ? Number(token.text) : Number.NaN;
        if (!Number.isSafeInteger(number)) throw refuse('a whole number');
        return number;
      }
      case 'date': {
        const time = token.kind === 'date' ? Date.parse(token.text) : Number.NaN;
        if (Number.isNaN(time)) throw refuse('a time such as 2026-03-01T22:30:00Z, without quotes');
        return time;
      }
      case 'text':
      case 'id':
        if (token.kind !== 'string') throw refuse("'TEXT'");
        // No database of ours keeps it, and PostgreSQL refuses to look for it.
        if (token.value.includes('\0')) throw refuse('text without the character U+0000');
        return token.value;
    }
  }

  #deeper<Result>(work: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > MAX_FILTER_DEPTH) {
      throw invalidOption('$filter', `goes more than ${MAX_FILTER_DEPTH} levels deep; ask with fewer brackets`);
    }
    const result = work();
    this.#depth -= 1;
    return result;
  }

  #count(conditions: number): void {
    this.#conditions += conditions;
    if (this.#conditions <= MAX_FILTER_CONDITIONS) return;
    throw invalidOption('$filter', `has more than ${MAX_FILTER_CONDITIONS} conditions; ask in several requests`);
  }

  #advance(): FilterToken {
    const token = this.#next;
    const { value } = this.#tokens.next();
    if (value) this.#next = value;
    return token;
  }

  #takeWord(word: string): boolean {
    if (this.#next.kind !== 'name' || this.#next.text.toLowerCase() !== word) return false;
    this.#advance();
    return true;
  }

  #takeSymbol(symbol: string): boolean {
    if (this.#next.kind !== 'symbol' || this.#next.text !== symbol) return false;
    this.#advance();
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takeSymbol(symbol)) throw this.#unreadable(this.#next);
  }

  #unreadable(token: FilterToken): Error {
    const rest = this.#text.slice(token.at).trim().slice(0, 60);
    return invalidOption(
      '$filter',
      rest === '' ? `ends too early; ${GRAMMAR}` : `can't be read from "${rest}" on; ${GRAMMAR}`,
    );
  }
}

function withoutVariable(text: string, variable: string): string | null {
  if (text === variable) return '';
  return text.startsWith(`${variable}/`) ? text.slice(variable.length + 1) : null;
}

function namesOf(columns: ListColumns, which: 'field' | 'collection'): string[] {
  return Object.entries(columns).flatMap(([name, { kind }]) =>
    (kind === 'collection') === (which === 'collection') ? [name] : which === 'field' ? [`${name}/any`] : [],
  );
}
