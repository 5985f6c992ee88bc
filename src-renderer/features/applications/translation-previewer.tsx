import {
  Button,
  Spinner,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
} from '@fluentui/react-components';
import { EyeRegular } from '@fluentui/react-icons/svg/eye';
import { type ReactElement, useState } from 'react';
import type { TranslationPreview, TranslationPreviewRequest } from '../../../src-shared/ipc/translation-preview.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call } from '../../bridge/bridge.ts';
import { formatBytes } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './translation-previewer.module.css';

export interface TranslationPreviewerProps extends TranslationPreviewRequest {
  readonly isUrlValid: boolean;
  /** Whether links in bodies are translated by the settings as they are. */
  readonly isBodyTranslated: boolean;
}

/** Shows what the connector would change of the application's first page. Give it a `key` of what it asks: a preview is of that alone. */
export function TranslationPreviewer({
  isUrlValid,
  isBodyTranslated,
  ...request
}: TranslationPreviewerProps): ReactElement {
  const text = useText('translationPreview');
  const [preview, setPreview] = useState<TranslationPreview | null>(null);
  const ask = useAction(async () => {
    setPreview(null);
    setPreview(await call('previewTranslation', request));
  });
  return (
    <div className={styles['previewer']}>
      <div className={styles['head']}>
        <Button
          size="small"
          icon={ask.isRunning ? <Spinner size="extra-tiny" /> : <EyeRegular />}
          disabledFocusable={!isUrlValid || ask.isRunning}
          onClick={() => void ask.run()}
        >
          {text.preview}
        </Button>
        <span className={styles['hint']} role="status">
          {preview === null ? text.hint : describe(preview, text)}
        </span>
      </div>
      {ask.error === null ? null : <ProblemBar title={text.failed} error={ask.error} />}
      {preview === null || preview.changes.length === 0 ? null : (
        <>
          {isBodyTranslated || !preview.changes.some(({ where }) => where === 'body') ? null : (
            <p className={styles['off']}>{text.bodyOff}</p>
          )}
          <Changes preview={preview} />
        </>
      )}
    </div>
  );
}

/** Fluent's own rules come after those of a style sheet. */
const WHERE = { width: 112 } as const;

function Changes({ preview }: { readonly preview: TranslationPreview }): ReactElement {
  const text = useText('translationPreview');
  return (
    <Table size="small" aria-label={text.changes} className={styles['table'] ?? ''}>
      <TableHeader>
        <TableRow>
          <TableHeaderCell style={WHERE}>{text.where}</TableHeaderCell>
          <TableHeaderCell>{text.before}</TableHeaderCell>
          <TableHeaderCell>{text.after}</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {preview.changes.map(({ where, before, after, count }) => (
          <TableRow key={`${where} ${before}`}>
            <TableCell>
              {where === 'body' ? text.page : where}
              {count > 1 ? ` ×${count}` : ''}
            </TableCell>
            <TableCell>
              <div className={styles['address']}>{before}</div>
            </TableCell>
            <TableCell>
              <div className={styles['address']}>
                {after === null ? text.leftOut : after === before ? text.same : after}
              </div>
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function describe(
  { changes, isTranslatable, isCut, bytes }: TranslationPreview,
  text: Catalogue['translationPreview'],
): string {
  const seen = isCut ? text.seenFirst(formatBytes(bytes)) : text.seenAll(formatBytes(bytes));
  if (!isTranslatable) return `${text.notTranslatable} ${seen}`;
  return changes.length === 0 ? `${text.nothing} ${seen}` : seen;
}
