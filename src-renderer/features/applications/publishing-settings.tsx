import { Field, Input, Switch, Textarea } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import type { ApplicationDraft, DraftProblems } from './application-draft.ts';
import { SegmentForm } from './segment-form.tsx';
import { makeSegment, readSegments, writeSegments } from './segments.ts';
import { ChoiceField, SettingSwitch, type SettingsProps, validate } from './setting-fields.tsx';
import { nameOfPath, StructureList } from './structure-list.tsx';

export interface PublishingSettingsProps {
  readonly draft: ApplicationDraft;
  readonly problems: DraftProblems;
  readonly onChange: (draft: ApplicationDraft) => void;
}

/** How an application is shown and served, beside its name and addresses. */
export function PublishingSettings({ draft, problems, onChange }: PublishingSettingsProps): ReactElement {
  const text = useText('applicationSettings');
  const settings = {
    settings: draft.settings,
    problems,
    onChange: (changed: ApplicationDraft['settings']) => onChange({ ...draft, settings: changed }),
  };
  return (
    <>
      <Field label={text.description.label} hint={text.description.hint} {...validate(problems, 'description')}>
        <Textarea
          resize="vertical"
          value={draft.description}
          onChange={(_event, { value }) => onChange({ ...draft, description: value })}
        />
      </Field>
      <Field label={text.homePageUrl.label} hint={text.homePageUrl.hint} {...validate(problems, 'web')}>
        <Input
          type="url"
          value={draft.homePageUrl}
          onChange={(_event, { value }) => onChange({ ...draft, homePageUrl: value })}
        />
      </Field>
      <Field hint={`${text.isHiddenFromMyApps.hint} ${text.defaultIs(text.off)}`} {...validate(problems, 'tags')}>
        <Switch
          label={text.isHiddenFromMyApps.label}
          checked={draft.isHiddenFromMyApps}
          onChange={(_event, { checked }) => onChange({ ...draft, isHiddenFromMyApps: checked })}
        />
      </Field>
      <ConnectorGroupField draft={draft} problems={problems} onChange={onChange} />
      <SettingSwitch {...settings} field="isRobotsExclusionEnabled" />
      <Segments {...settings} />
    </>
  );
}

function Segments(props: SettingsProps): ReactElement {
  const text = useText('segments');
  return (
    <StructureList
      {...props}
      field="segmentsConfiguration"
      target="segmentsConfiguration"
      read={readSegments}
      write={writeSegments}
      makeItem={makeSegment}
      titleOf={({ externalUrl }, index) => text.title(externalUrl, index + 1)}
      summaryOf={({ internalUrl, corsConfigurations }) => text.summary(internalUrl, corsConfigurations.length)}
      addLabel={text.add}
      nameOf={(path) => nameOfPath(path, text.fields)}
    >
      {(segment, onChange) => <SegmentForm segment={segment} onChange={onChange} />}
    </StructureList>
  );
}

function ConnectorGroupField({ draft, problems, onChange }: PublishingSettingsProps): ReactElement {
  const text = useText('applicationSettings');
  const [groups, setGroups] = useState<readonly ConnectorGroup[]>([]);
  const load = useAction(async () => setGroups(await call('listConnectorGroups')));
  const { run } = load;
  useEffect(() => void run(), [run]);
  const defaultGroup = groups.find((group) => group.isDefault);
  const { label, hint } = text.connectorGroupId;
  return (
    <ChoiceField
      label={label}
      hint={`${hint} ${text.defaultIs(defaultGroup?.name ?? 'Default')}`}
      value={draft.connectorGroupId ?? defaultGroup?.id ?? ''}
      choices={groups.map(({ id, name }) => ({ value: id, label: name }))}
      validation={
        load.error === null
          ? validate(problems, 'connectorGroupId')
          : { validationState: 'error', validationMessage: text.groupsFailed }
      }
      onChoose={(connectorGroupId) => onChange({ ...draft, connectorGroupId })}
    />
  );
}
