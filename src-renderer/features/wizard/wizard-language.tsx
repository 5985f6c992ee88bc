import { Select } from '@fluentui/react-components';
import { LocalLanguageRegular } from '@fluentui/react-icons/svg/local-language';
import { type ReactElement, useId } from 'react';
import { LANGUAGE_CHOICES } from '../../../src-shared/text/language.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './wizard-language.module.css';

/** The language of the app, for who is greeted in one that they don't read: named by a sign, too. */
export function WizardLanguage(): ReactElement {
  const text = useText('settings');
  const choice = useAppState((state) => state.languageChoice);
  const id = useId();
  return (
    <div className={styles['language']}>
      <label htmlFor={id} className={styles['label']}>
        <LocalLanguageRegular aria-hidden="true" />
        {text.language}
      </label>
      <Select
        id={id}
        size="small"
        value={choice}
        onChange={(_event, { value }) =>
          void call('setLanguage', { choice: LANGUAGE_CHOICES.find((entry) => entry === value) ?? 'system' })
        }
      >
        {LANGUAGE_CHOICES.map((entry) => (
          <option key={entry} value={entry}>
            {text.languageChoice[entry]}
          </option>
        ))}
      </Select>
    </div>
  );
}
