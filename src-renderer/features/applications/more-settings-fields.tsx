import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Dropdown,
  Field,
  Option,
  Switch,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { APPLICATION_SERVER_TIMEOUT_SECONDS } from '../../../src-shared/publishing/application.ts';
import { type MoreSettings, type SwitchKey, withSwitch } from './application-draft.ts';
import styles from './more-settings-fields.module.css';

const SWITCHES: readonly {
  key: SwitchKey;
  label: string;
  hint: string;
}[] = [
  {
    key: 'isTranslateHostHeaderEnabled',
    label: 'Translate the Host header',
    hint: 'The application sees its internal name. Turn off where it must see the external one.',
  },
  {
    key: 'isTranslateLinksInBodyEnabled',
    label: 'Translate links in pages',
    hint: 'Links to internal addresses become external ones, in pages and style sheets. For applications that name themselves in full.',
  },
  {
    key: 'isTranslateLinksInScriptsEnabled',
    label: 'Translate links in scripts and data',
    hint: 'In JavaScript and JSON as well.',
  },
  {
    key: 'isBackendCertificateValidationEnabled',
    label: 'Check the certificate of the application',
    hint: 'Applies to https internal URLs.',
  },
  {
    key: 'isHttpOnlyCookieEnabled',
    label: 'HTTP-only access cookie',
    hint: 'Scripts in the page cannot read it.',
  },
  { key: 'isSecureCookieEnabled', label: 'Secure access cookie', hint: 'Browsers send it over https only.' },
  {
    key: 'isPersistentCookieEnabled',
    label: 'Persistent access cookie',
    hint: 'Survives closing the browser. For programs that share cookies with it.',
  },
];

const TIMEOUTS = { Default: 'Default', Long: 'Long' } as const;

function timeoutText(key: keyof typeof TIMEOUTS): string {
  return `${TIMEOUTS[key]} (${APPLICATION_SERVER_TIMEOUT_SECONDS[key]} s)`;
}

export interface MoreSettingsFieldsProps {
  readonly value: MoreSettings;
  readonly onChange: (value: MoreSettings) => void;
}

/** The settings that most applications leave alone, folded away; each says what it does. */
export function MoreSettingsFields({ value, onChange }: MoreSettingsFieldsProps): ReactElement {
  return (
    <Accordion collapsible className={styles['accordion']}>
      <AccordionItem value="more">
        <AccordionHeader>More settings</AccordionHeader>
        <AccordionPanel>
          <div className={styles['settings']}>
            {SWITCHES.map(({ key, label, hint }) => (
              <Field key={key} hint={hint}>
                <Switch
                  label={label}
                  checked={value[key]}
                  onChange={(_event, { checked }) => onChange(withSwitch(value, key, checked))}
                />
              </Field>
            ))}
            <Field label="Time-out of the application" hint="How long it may stay silent before its answer begins.">
              <Dropdown
                value={timeoutText(value.applicationServerTimeout)}
                selectedOptions={[value.applicationServerTimeout]}
                onOptionSelect={(_event, { optionValue }) =>
                  onChange({ ...value, applicationServerTimeout: optionValue === 'Long' ? 'Long' : 'Default' })
                }
              >
                <Option value="Default" text={timeoutText('Default')}>
                  {timeoutText('Default')}
                </Option>
                <Option value="Long" text={timeoutText('Long')}>
                  {timeoutText('Long')}
                </Option>
              </Dropdown>
            </Field>
          </div>
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}
