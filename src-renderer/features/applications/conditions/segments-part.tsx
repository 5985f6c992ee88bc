import { Dropdown, Field, Option } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useText } from '../../../ui/use-text.ts';
import { FormPart } from './form-part.tsx';
import { allUnlessNamed, type ConditionsDraft, namedIn } from './policy-draft.ts';
import { validateWith } from '../setting-fields.tsx';
import styles from './conditions.module.css';

export interface SegmentsPartProps {
  readonly segments: ConditionsDraft['segments'];
  /** External URLs of those that the application has. */
  readonly known: readonly string[];
  readonly problem: string | undefined;
  readonly onChange: (segments: ConditionsDraft['segments']) => void;
}

const SIDES = ['includeSegments', 'excludeSegments'] as const;

/** The segments that a policy is for, and those that it leaves out. */
export function SegmentsPart({ segments, known, problem, onChange }: SegmentsPartProps): ReactElement {
  const text = useText('conditions');
  const lists = {
    includeSegments: namedIn(segments?.includeSegments ?? []),
    excludeSegments: segments?.excludeSegments ?? [],
  };
  const offered = [...new Set([...known, ...lists.includeSegments, ...lists.excludeSegments])];
  return (
    <FormPart title={text.segments}>
      <div className={styles['pair']}>
        {SIDES.map((side) => (
          <Field key={side} label={text[side]} {...validateWith(side === 'includeSegments' ? problem : undefined)}>
            <Dropdown
              multiselect
              style={{ minWidth: 0 }}
              value={lists[side].join(', ')}
              placeholder={side === 'includeSegments' ? text.allSegments : text.noSegment}
              selectedOptions={[...lists[side]]}
              onOptionSelect={(_event, { selectedOptions }) => {
                const changed = { ...lists, [side]: selectedOptions };
                onChange({
                  includeSegments: allUnlessNamed(changed.includeSegments),
                  excludeSegments: [...changed.excludeSegments],
                });
              }}
            >
              {offered.map((url) => (
                <Option key={url} value={url}>
                  {url}
                </Option>
              ))}
            </Dropdown>
          </Field>
        ))}
      </div>
    </FormPart>
  );
}
