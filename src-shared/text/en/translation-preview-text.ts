/** What translation would change of a page of an application. */
export const translationPreviewText = {
  preview: 'Preview',
  hint: 'Fetches the first page from this machine and shows what the connector changes of it, its headers and cookies.',
  failed: 'The page could not be fetched',
  changes: 'What is changed',
  where: 'Where',
  before: 'Before',
  after: 'After',
  page: 'Page',
  leftOut: 'left out',
  bodyOff: 'What stands under “Page” is changed once “Translate links in pages” is switched on.',
  same: 'stays as it is',
  nothing: 'Nothing is changed.',
  notTranslatable: 'This is no page or style sheet; its body stays as it is.',
  seenAll: (size: string) => `The whole page was looked at (${size}).`,
  seenFirst: (size: string) => `The first ${size} were looked at.`,
};
