import { Field, Switch, Textarea } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { APPLICATION_SERVER_TIMEOUT_SECONDS } from '../../../src-shared/publishing/application.ts';
import type { CertificateMetadata } from '../../../src-shared/publishing/certificate.ts';
import { formatDate } from '../../ui/format.ts';
import { useText } from '../../ui/use-text.ts';
import { ConditionsSetting } from './conditions/conditions-setting.tsx';
import { RolesSetting } from './conditions/roles-setting.tsx';
import { HeaderRuleForm } from './header-rule-form.tsx';
import { makeRule, readRules, writeRules } from './header-rules.ts';
import { IdentityProviderField } from './identity-provider-field.tsx';
import {
  ChoiceField,
  SettingNumber,
  SettingSwitch,
  type SettingsProps,
  validate,
  validateWith,
} from './setting-fields.tsx';
import { nameItem, splitWords } from './settings-draft.ts';
import { nameOfPath, StructureList } from './structure-list.tsx';

/** The settings of an application by subject; each says what it does and what holds by default. */

export function AccessSettings(props: SettingsProps): ReactElement {
  const { settings, problems, onChange } = props;
  const text = useText('applicationSettings');
  const audiences = splitWords(settings.accessTokenAudiences);
  return (
    <>
      <ConditionsSetting {...props} />
      <RolesSetting {...props} />
      <IdentityProviderField {...props} />
      <Field
        label={text.accessTokenAudiences.label}
        hint={`${text.accessTokenAudiences.hint} ${text.defaultIs(text.none)}`}
        {...validateWith(problems.accessTokenAudiences?.map((said) => nameItem(said, audiences)).join(' '))}
      >
        <Textarea
          resize="vertical"
          value={settings.accessTokenAudiences}
          onChange={(_event, { value }) => onChange({ ...settings, accessTokenAudiences: value })}
        />
      </Field>
      <SettingSwitch {...props} field="isAccessTokenForwardingEnabled" />
    </>
  );
}

export function TranslationSettings(props: SettingsProps): ReactElement {
  return (
    <>
      <SettingSwitch {...props} field="isTranslateHostHeaderEnabled" />
      <SettingSwitch {...props} field="isTranslateLinksInBodyEnabled" />
      <SettingSwitch {...props} field="isTranslateLinksInScriptsEnabled" />
    </>
  );
}

export function SignOnSettings(props: SettingsProps): ReactElement {
  const { settings, problems, onChange } = props;
  const text = useText('applicationSettings');
  const { label, hint, none, aadHeaderBased } = text.singleSignOnMode;
  const hasRules = settings.singleSignOnMode === 'aadHeaderBased' || settings.headerSignOnSettings !== '';
  return (
    <>
      <ChoiceField
        label={label}
        hint={`${hint} ${text.defaultIs(none)}`}
        value={settings.singleSignOnMode}
        choices={[
          { value: 'none', label: none },
          { value: 'aadHeaderBased', label: aadHeaderBased },
        ]}
        validation={hasRules ? { validationState: 'none' } : validate(problems, 'singleSignOnSettings')}
        onChoose={(singleSignOnMode) => onChange({ ...settings, singleSignOnMode })}
      />
      {hasRules ? <HeaderRules {...props} /> : null}
      <SettingSwitch {...props} field="isIdentityAssertionEnabled" />
    </>
  );
}

function HeaderRules(props: SettingsProps): ReactElement {
  const text = useText('headerRules');
  return (
    <StructureList
      {...props}
      field="headerSignOnSettings"
      target="singleSignOnSettings"
      read={readRules}
      write={writeRules}
      makeItem={makeRule}
      titleOf={({ path }) => text.title(path)}
      summaryOf={({ headers }) =>
        headers.length === 0 ? text.noHeaders : headers.map(({ name }) => name || '…').join(', ')
      }
      addLabel={text.add}
      nameOf={(path) => nameOfPath(path, text.fields)}
      renderEmpty={() => text.empty}
    >
      {(rule, onChange) => <HeaderRuleForm rule={rule} onChange={onChange} />}
    </StructureList>
  );
}

export interface BackendSettingsProps extends SettingsProps {
  /** Of an application that exists; null where none covers its host. */
  readonly certificate?: CertificateMetadata | null | undefined;
}

export function BackendSettings({ certificate, ...props }: BackendSettingsProps): ReactElement {
  const { settings, problems, onChange } = props;
  const text = useText('applicationSettings');
  const version = text.backendHttpVersion;
  return (
    <>
      {certificate === undefined ? null : (
        <Field label={text.certificate}>
          <span>
            {certificate === null
              ? text.certificateNone
              : text.certificateUntil(
                  certificate.subjectName,
                  certificate.issuerName,
                  formatDate(Date.parse(certificate.expiryDate)),
                )}
          </span>
        </Field>
      )}
      <SettingNumber {...props} field="strictTransportSecurityMaxAgeSeconds" unit={text.seconds} usual={text.none} />
      <SettingSwitch {...props} field="isBackendCertificateValidationEnabled" />
      <Field
        label={text.backendTrustedCertificates.label}
        hint={`${text.backendTrustedCertificates.hint} ${text.defaultIs(text.none)}`}
        {...validate(problems, 'backendTrustedCertificates')}
      >
        <Textarea
          resize="vertical"
          value={settings.backendTrustedCertificates}
          placeholder="-----BEGIN CERTIFICATE-----"
          onChange={(_event, { value }) => onChange({ ...settings, backendTrustedCertificates: value })}
        />
      </Field>
      <ChoiceField
        label={version.label}
        hint={`${version.hint} ${text.defaultIs(version.auto)}`}
        value={settings.backendHttpVersion}
        choices={(['auto', 'http1', 'http2'] as const).map((value) => ({ value, label: version[value] }))}
        validation={validate(problems, 'backendHttpVersion')}
        onChoose={(backendHttpVersion) => onChange({ ...settings, backendHttpVersion })}
      />
      <SettingSwitch {...props} field="isSessionAffinityEnabled" />
    </>
  );
}

export function LimitSettings(props: SettingsProps): ReactElement {
  const { settings, problems, onChange } = props;
  const text = useText('applicationSettings');
  const timeout = text.applicationServerTimeout;
  const choices = (['Default', 'Long'] as const).map((value) => ({
    value,
    label: `${timeout[value]} (${APPLICATION_SERVER_TIMEOUT_SECONDS[value]} s)`,
  }));
  return (
    <>
      <ChoiceField
        label={timeout.label}
        hint={`${timeout.hint} ${text.defaultIs(choices[0]?.label ?? '')}`}
        value={settings.applicationServerTimeout}
        choices={choices}
        validation={validate(problems, 'applicationServerTimeout')}
        onChoose={(applicationServerTimeout) => onChange({ ...settings, applicationServerTimeout })}
      />
      <SettingNumber {...props} field="applicationServerTimeoutSeconds" unit={text.seconds} usual={text.none} />
      <SettingNumber {...props} field="webSocketIdleTimeoutSeconds" unit={text.seconds} usual={text.none} />
      <SettingNumber {...props} field="maximumRequestBodyBytes" unit={text.bytes} usual={text.none} />
      <SettingNumber {...props} field="maximumRequestsPerSecond" unit={text.perSecond} usual={text.asConfigured} />
      <SettingNumber {...props} field="maximumConcurrentRequests" usual={text.asConfigured} />
    </>
  );
}

export function CookieSettings(props: SettingsProps): ReactElement {
  return (
    <>
      <SettingSwitch {...props} field="isHttpOnlyCookieEnabled" />
      <SettingSwitch {...props} field="isSecureCookieEnabled" />
      <SettingSwitch {...props} field="isPersistentCookieEnabled" />
    </>
  );
}

export function StateSettings({ settings, onChange }: SettingsProps): ReactElement {
  const text = useText('applicationSettings');
  return (
    <Field hint={`${text.maintenance.hint} ${text.defaultIs(text.off)}`}>
      <Switch
        label={text.maintenance.label}
        checked={!settings.isOnPremPublishingEnabled}
        onChange={(_event, { checked }) => onChange({ ...settings, isOnPremPublishingEnabled: !checked })}
      />
    </Field>
  );
}
