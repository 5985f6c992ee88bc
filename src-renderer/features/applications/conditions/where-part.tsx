import type { ReactElement } from 'react';
import { useText } from '../../../ui/use-text.ts';
import type { PolicyProblems } from './find-policy-problems.ts';
import { FormPart } from './form-part.tsx';
import { BY_SPACE_OR_COMMA, LinesField } from '../lines-field.tsx';
import { allUnlessNamed, type ConditionsDraft, namedIn } from './policy-draft.ts';
import styles from './conditions.module.css';

export interface WherePartProps {
  readonly locations: ConditionsDraft['locations'];
  readonly problems: PolicyProblems;
  readonly onChange: (locations: ConditionsDraft['locations']) => void;
}

/** The networks that a policy is for, and those that it leaves out. */
export function WherePart({ locations, problems, onChange }: WherePartProps): ReactElement {
  const text = useText('conditions');
  const includeLocations = locations?.includeLocations ?? [];
  const excludeLocations = locations?.excludeLocations ?? [];
  return (
    <FormPart title={text.where}>
      <div className={styles['pair']}>
        <LinesField
          label={text.includeLocations}
          hint={text.includeLocationsHint}
          values={namedIn(includeLocations)}
          problem={problems.includeLocations}
          placeholder="203.0.113.0/24"
          separator={BY_SPACE_OR_COMMA}
          onChange={(networks) => onChange({ includeLocations: allUnlessNamed(networks), excludeLocations })}
        />
        <LinesField
          label={text.excludeLocations}
          hint={text.excludeLocationsHint}
          values={excludeLocations}
          problem={problems.excludeLocations}
          placeholder="203.0.113.0/24"
          separator={BY_SPACE_OR_COMMA}
          onChange={(networks) =>
            onChange({ includeLocations: allUnlessNamed(namedIn(includeLocations)), excludeLocations: networks })
          }
        />
      </div>
    </FormPart>
  );
}
