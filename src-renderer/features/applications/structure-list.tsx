import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Button,
  Field,
  Link,
} from '@fluentui/react-components';
import { Add20Regular, Delete20Regular, ErrorCircle16Filled } from '@fluentui/react-icons';
import { type ReactElement, type ReactNode, useRef, useState } from 'react';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useText } from '../../ui/use-text.ts';
import type { DraftField } from './application-draft.ts';
import { SettingJson, type SettingsProps, validateWith } from './setting-fields.tsx';
import { type JsonKey, jsonText } from './settings-draft.ts';
import styles from './structure-list.module.css';

export interface StructureListProps<Item> extends SettingsProps {
  /** The text that the items are in, and that of their label and hint. */
  readonly field: JsonKey;
  /** Where problems stand. The first number in a problem's path is the place of an item. */
  readonly target: DraftField;
  /** The items of what the text holds, which is null for nothing; null where it is not what a form can show. */
  readonly read: (value: unknown) => readonly Item[] | null;
  /** What the text is to hold. */
  readonly write: (items: readonly Item[]) => unknown;
  readonly makeItem: () => Item;
  readonly titleOf: (item: Item, index: number) => string;
  /** What it does, in a line. */
  readonly summaryOf: (item: Item) => string;
  readonly addLabel: string;
  /** A problem's path behind the item's place, in words; the path itself where it is left out. */
  readonly nameOf?: (path: string) => string;
  /** What stands in place of the items where there are none. */
  readonly renderEmpty?: (add: (item: Item) => void) => ReactNode;
  /** The form of one item. */
  readonly children: (item: Item, onChange: (item: Item) => void, isFresh: boolean) => ReactElement;
}

/** A structure as a list of forms, one for each item, over its JSON, which can be edited as well and which alone counts. */
export function StructureList<Item>(props: StructureListProps<Item>): ReactElement {
  const { settings, problems, onChange, field, target, read, write, makeItem, titleOf, summaryOf, addLabel } = props;
  const text = useText('applicationSettings');
  const [isJson, setIsJson] = useState(false);
  const [opened, setOpened] = useState<readonly number[]>([]);
  /** The one that was added last and is being filled in: what it lacks is said once it is left. */
  const [fresh, setFresh] = useState<number | null>(null);
  /** Counts removals: what a form keeps of its item must not pass to the one that takes its place. */
  const [removals, setRemovals] = useState(0);
  const actions = useRef<HTMLDivElement>(null);
  // Nobody can open what is disabled, so that whoever may only look sees all of it.
  const isReadOnly = useChangeRefusal() !== null;
  const items = parse(settings[field], read);
  if (isJson || items === null) {
    return (
      <div className={styles['json']}>
        <SettingJson {...props} field={field} target={target} />
        {items === null ? (
          <span className={styles['hint']}>{text.structure.noForm}</span>
        ) : (
          <Link as="button" type="button" onClick={() => setIsJson(false)}>
            {text.structure.asForm}
          </Link>
        )}
      </div>
    );
  }
  const { label, hint } = text[field];
  const located = (problems[target] ?? []).map(locate);
  const ofNoItem = located.filter(({ index }) => index === null || index >= items.length);
  const set = (changed: readonly Item[]): void =>
    onChange({ ...settings, [field]: changed.length === 0 ? '' : jsonText(write(changed)) });
  const add = (item: Item): void => {
    set([...items, item]);
    setOpened([...opened, items.length]);
    setFresh(items.length);
  };
  const remove = (index: number): void => {
    set(items.filter((_item, at) => at !== index));
    setOpened(opened.filter((at) => at !== index).map((at) => (at > index ? at - 1 : at)));
    setFresh(null);
    setRemovals(removals + 1);
    // The button that had the focus is gone.
    actions.current?.querySelector('button')?.focus();
  };
  // The item in which something is wrong is named by its title, and its form by the field.
  const validation = validateWith(ofNoItem.length === 0 ? undefined : ofNoItem.map(({ message }) => message).join(' '));
  const isOpen = (index: number): boolean => opened.includes(index);
  return (
    <Field label={label} hint={`${hint} ${text.defaultIs(text.none)}`} {...validation}>
      {(control) => (
        <div
          role="group"
          className={styles['list']}
          data-invalid={validation.validationState === 'error'}
          {...(control['aria-labelledby'] !== undefined && { 'aria-labelledby': control['aria-labelledby'] })}
          {...(control['aria-describedby'] !== undefined && { 'aria-describedby': control['aria-describedby'] })}
        >
          {items.length === 0 ? (props.renderEmpty?.(add) ?? null) : null}
          <Accordion
            multiple
            collapsible
            openItems={isReadOnly ? [...items.keys()] : [...opened]}
            onToggle={(_event, { value }) => {
              const index = Number(value);
              setOpened(isOpen(index) ? opened.filter((at) => at !== index) : [...opened, index]);
            }}
          >
            {items.map((item, index) => {
              const title = titleOf(item, index);
              const wrong = fresh === index ? [] : located.filter((problem) => problem.index === index);
              return (
                <AccordionItem
                  key={`${removals}.${index}`}
                  value={index}
                  className={styles['item'] ?? ''}
                  data-invalid={wrong.length > 0}
                  onBlur={(event) => {
                    if (fresh === index && !event.currentTarget.contains(event.relatedTarget)) setFresh(null);
                  }}
                >
                  <div className={styles['head']}>
                    <AccordionHeader className={styles['header'] ?? ''} size="small">
                      <span className={styles['titles']}>
                        <span className={styles['title']}>{title}</span>
                        <span className={styles['summary']}>{summaryOf(item)}</span>
                      </span>
                    </AccordionHeader>
                    {isReadOnly ? null : (
                      <Button
                        appearance="subtle"
                        icon={<Delete20Regular />}
                        aria-label={text.structure.remove(title)}
                        onClick={() => remove(index)}
                      />
                    )}
                  </div>
                  {wrong.map(({ said, path, message }) => (
                    <p key={said} className={styles['problem']} role="alert">
                      <ErrorCircle16Filled />
                      {path === '' ? '' : `${props.nameOf?.(path) ?? path}: `}
                      {message}
                    </p>
                  ))}
                  <AccordionPanel className={styles['panel'] ?? ''}>
                    {props.children(
                      item,
                      (changed) => set(items.map((each, at) => (at === index ? changed : each))),
                      fresh === index,
                    )}
                  </AccordionPanel>
                </AccordionItem>
              );
            })}
          </Accordion>
          {isReadOnly ? null : (
            <div ref={actions} className={styles['actions']}>
              <Button size="small" icon={<Add20Regular />} onClick={() => add(makeItem())}>
                {addLabel}
              </Button>
              <Link as="button" type="button" onClick={() => setIsJson(true)}>
                {text.structure.asJson}
              </Link>
            </div>
          )}
        </div>
      )}
    </Field>
  );
}

/** The field that a problem's path ends with, by its label; the path itself where it has none. */
export function nameOfPath(path: string, labels: Readonly<Record<string, string>>): string {
  const name = path.split('.').findLast((part) => !/^\d+$/.test(part));
  return (name === undefined ? undefined : labels[name]) ?? path;
}

function parse<Item>(text: string, read: (value: unknown) => readonly Item[] | null): readonly Item[] | null {
  try {
    return read(text.trim() === '' ? null : JSON.parse(text));
  } catch {
    return null;
  }
}

interface LocatedProblem {
  readonly said: string;
  readonly index: number | null;
  readonly path: string;
  readonly message: string;
}

/** A problem of a structure, `rules.0.path: …`, by the place of its item and the path within that. */
function locate(said: string): LocatedProblem {
  const [, route = '', message = said] = /^([a-z\d][\w.]*): (.*)$/s.exec(said) ?? [];
  const steps = route.split('.');
  const place = steps.findIndex((step) => /^\d+$/.test(step));
  return { said, index: place === -1 ? null : Number(steps[place]), path: steps.slice(place + 1).join('.'), message };
}
